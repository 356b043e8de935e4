using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>
/// Writes a page as one HTML file that needs nothing else: style, script, chart library, data and images are in it, and its
/// content security policy keeps the browser from asking anyone for more. The same page gives the same text.
/// </summary>
internal sealed class PageWriter
{
    /// <summary>Inside the element that holds JSON, '&lt;' would end it; this encoder writes it as an escape.</summary>
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    private const string Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    private readonly StringBuilder _html = new();
    private readonly VegaLibrary? _library;
    private int _charts;

    private PageWriter(VegaLibrary? library) => _library = library;

    /// <param name="page">What to write.</param>
    /// <param name="library">What draws the charts; null where set-up has not brought it: the page says so and keeps its tables.</param>
    public static string Write(Page page, VegaLibrary? library)
    {
        var writer = new PageWriter(library);
        writer.WritePage(page);
        return writer._html.ToString();
    }

    private void WritePage(Page page)
    {
        var sections = page.Sections.Where(s => s.Blocks.Count > 0).ToArray();
        _html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        _html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n");
        _html.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"{Text(Policy)}\">\n");
        Element("title", page.Title);
        _html.Append("<style>\n").Append(PageResources.Style).Append("</style>\n</head>\n<body>\n<header>\n");
        Element("h1", page.Title);
        Element("p", page.Subtitle);
        _html.Append("</header>\n<main>\n");
        WriteHeadline(page.Headline);
        if (_library is null && sections.Any(s => s.Blocks.OfType<Chart>().Any())) Element("p", VegaLibrary.Missing, "missing");
        foreach (var section in sections) WriteSection(section);
        _html.Append("</main>\n");
        if (_library is not null && _charts > 0) WriteScripts(_library);
        _html.Append("</body>\n</html>\n");
    }

    private void WriteHeadline(IReadOnlyList<Figure> figures)
    {
        if (figures.Count == 0) return;
        _html.Append("<dl class=\"headline\">\n");
        foreach (var figure in figures)
        {
            _html.Append("<div>");
            Element("dt", figure.Name);
            Element("dd", figure.Value);
            if (figure.Detail is { } detail) Element("dd", detail, "detail");
            _html.Append("</div>\n");
        }
        _html.Append("</dl>\n");
    }

    private void WriteSection(Section section)
    {
        _html.Append("<section>\n");
        Element("h2", section.Title);
        _html.Append("<div class=\"blocks\">\n");
        foreach (var block in section.Blocks) WriteBlock(block);
        _html.Append("</div>\n</section>\n");
    }

    private void WriteBlock(Block block)
    {
        switch (block)
        {
            case Chart chart: WriteChart(chart); break;
            case Table table: WriteTable(table); break;
            case Mosaic mosaic: WriteMosaic(mosaic); break;
            case Paragraph paragraph: Element("p", paragraph.Text, "wide"); break;
            case Preformatted text: Element("pre", text.Text, "wide"); break;
            default: throw new ArgumentException($"A page has no place for a {block.GetType().Name}.", nameof(block));
        }
    }

    private void WriteChart(Chart chart)
    {
        if (_library is null) return;
        var id = $"chart-{++_charts}";
        _html.Append(CultureInfo.InvariantCulture, $"<figure{(chart.Wide ? " class=\"wide\"" : "")}>\n");
        Caption(chart.Title, chart.Caption);
        _html.Append(CultureInfo.InvariantCulture, $"<div class=\"chart\" data-spec=\"{id}\" role=\"img\" aria-label=\"{Text(chart.Title)}\"></div>\n");
        Data(id, chart.ToVegaLite());
        _html.Append("</figure>\n");
    }

    private void WriteTable(Table table)
    {
        _html.Append(CultureInfo.InvariantCulture, $"<figure{(table.Wide ? " class=\"wide\"" : "")}>\n");
        if (table.Folded)
        {
            _html.Append("<details>");
            Element("summary", table.Title ?? "");
        }
        else if (table.Title is { } title)
        {
            Caption(title, null);
        }
        _html.Append("<div class=\"scroll\"><table>\n<thead>");
        Row(table.Header, "th", table.NumbersFrom);
        _html.Append("</thead>\n<tbody>\n");
        foreach (var row in table.Rows) Row(row, "td", table.NumbersFrom);
        _html.Append(CultureInfo.InvariantCulture, $"</tbody>\n</table></div>\n{(table.Folded ? "</details>\n" : "")}</figure>\n");
    }

    private void Row(IReadOnlyList<string> cells, string tag, int numbersFrom)
    {
        _html.Append("<tr>");
        for (var i = 0; i < cells.Count; i++) Element(tag, cells[i], i >= numbersFrom ? "number" : null, "");
        _html.Append("</tr>\n");
    }

    private void WriteMosaic(Mosaic mosaic)
    {
        _html.Append("<figure class=\"wide\">\n");
        Caption(mosaic.Title, mosaic.Caption);
        _html.Append("<div class=\"mosaic\">\n");
        foreach (var image in mosaic.Images)
        {
            _html.Append(CultureInfo.InvariantCulture, $"<div><img alt=\"{Text(string.Join(", ", image.Lines))}\" src=\"data:image/png;base64,{Convert.ToBase64String(image.Png)}\">");
            foreach (var line in image.Lines) Element("span", line);
            _html.Append("</div>\n");
        }
        _html.Append("</div>\n</figure>\n");
    }

    private void Caption(string title, string? text)
    {
        _html.Append("<figcaption>");
        Element("h3", title);
        if (text is not null) Element("p", text);
        _html.Append("</figcaption>\n");
    }

    private void WriteScripts(VegaLibrary library)
    {
        Data("theme", Theme.Config());
        foreach (var (licence, script) in library.Scripts)
            _html.Append("<!--\n").Append(licence.Replace("--", "- -", StringComparison.Ordinal)).Append("-->\n<script>").Append(script.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)).Append("</script>\n");
        _html.Append("<script>\n").Append(PageResources.Script).Append("</script>\n");
    }

    private void Data(string id, JsonNode json) =>
        _html.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"{id}\">").Append(json.ToJsonString(Json)).Append("</script>\n");

    private void Element(string tag, string text, string? style = null, string end = "\n") =>
        _html.Append(CultureInfo.InvariantCulture, $"<{tag}{(style is null ? "" : $" class=\"{style}\"")}>{Text(text)}</{tag}>{end}");

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
