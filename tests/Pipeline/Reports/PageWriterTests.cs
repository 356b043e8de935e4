using System.Text.Json;
using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class PageWriterTests
{
    private static readonly VegaLibrary Library = new([("licence", "var vega = '</script>';")], "test");

    [Fact]
    public void Hostile_text_stays_text_wherever_it_stands()
    {
        const string hostile = ReportedRun.Hostile + "<!-- ' \" &";
        var page = new Page(hostile, hostile, [new Figure(hostile, hostile, hostile)],
        [
            new Section(hostile,
                new Paragraph(hostile),
                new Preformatted(hostile),
                new Table([hostile], [[hostile]]) { Title = hostile },
                new Mosaic(hostile, hostile, [new MosaicImage([1], hostile)]),
                new LineChart { Title = hostile, Caption = hostile, X = new(hostile), Y = new(hostile, hostile), Series = [new Series(hostile, [(1, 2)])], Callouts = [new Callout(1, null, hostile)] }),
        ]);
        var html = PageWriter.Write(page, Library);
        Assert.DoesNotContain("<img src=x", html);
        Assert.DoesNotContain("<!--  ", html);
        Assert.Equal(Regex.Count(html, "<script"), Regex.Count(html, "</script>"));
        Assert.Equal(hostile, Specs(html).Single().GetProperty("data").GetProperty("values")[0].GetProperty("series").GetString());
    }

    [Fact]
    public void A_page_asks_nobody_for_anything()
    {
        var html = PageWriter.Write(Small(), Library);
        Assert.Contains("default-src &#x27;none&#x27;", html);
        Assert.DoesNotMatch(@"<(script|link|img|iframe|object)[^>]*(src|href)=""(?!data:)", html);
    }

    [Fact]
    public void Without_the_chart_library_the_page_says_what_is_missing_and_keeps_its_tables()
    {
        var html = PageWriter.Write(Small(), null);
        Assert.Contains("The charts are missing", html);
        Assert.Contains("make setup", html);
        Assert.Contains("cell", html);
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public void Sections_without_blocks_are_left_out() =>
        Assert.DoesNotContain("Empty", PageWriter.Write(new Page("t", "s", [], [new Section("Empty")]), null));

    private static Page Small() => new("title", "subtitle", [], [new Section("section", new LineChart { Title = "chart", X = Axis.Epoch, Y = new("loss"), Series = [new Series("a", [(1, 1)])] }, new Table(["head"], [["cell"]]))]);

    internal static IEnumerable<JsonElement> Specs(string html) =>
        Regex.Matches(html, @"<script type=""application/json"" id=""chart-\d+"">(.*?)</script>").Select(m => JsonDocument.Parse(m.Groups[1].Value).RootElement);
}
