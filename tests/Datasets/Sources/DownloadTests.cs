using System.Collections.Concurrent;
using System.Globalization;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Sources;

/// <summary>Downloads over real connections to a loopback server that misbehaves on purpose.</summary>
public sealed class DownloadTests : IDisposable
{
    private const string Tag = "\"v1\"";

    /// <summary>Noise, so that gzip cannot shrink it below the size of one reading step.</summary>
    private static readonly byte[] Content = SmallData.Noise(300_000, 11);
    private static readonly byte[] Zipped = SmallData.Gzip(Content);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_comes_whole_and_reports_its_progress()
    {
        using var server = new LoopbackServer(_ => new Answer(200, Zipped));
        var progress = new Recorder();
        var file = await ObtainAsync([server.Url], progress);
        Assert.Equal(SourceOrigin.Download, file.Origin);
        Assert.Equal(Zipped, File.ReadAllBytes(file.Path));
        Assert.Equal(("test", "file.gz", "127.0.0.1", Zipped.Length, Zipped.Length), progress.Last);
        AssertNothingLeftOver();
    }

    [Fact]
    public async Task A_download_that_breaks_off_again_and_again_resumes_where_it_was()
    {
        using var server = new LoopbackServer(request => Ranged(request, Zipped, cutAfter: 100_000));
        var file = await ObtainAsync([server.Url]);
        Assert.Equal(Zipped, File.ReadAllBytes(file.Path));
        Assert.Equal("all, bytes=100000-, bytes=200000-, bytes=300000-", Ranges(server));
        Assert.All(server.Requests.Skip(1), r => Assert.Equal(Tag, r.Headers["If-Range"]));
        AssertNothingLeftOver();
    }

    [Fact]
    public async Task A_later_run_resumes_what_an_earlier_one_left()
    {
        var recovered = false;
        using var server = new LoopbackServer(request =>
            recovered ? Ranged(request, Zipped) : request.Range is null ? Ranged(request, Zipped, cutAfter: 120_000) : new Answer(503, []));
        await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync([server.Url]));
        Assert.False(File.Exists(Path.Combine(CacheFolder, "file.gz")));

        recovered = true;
        await ObtainAsync([server.Url]);
        Assert.Equal("bytes=120000-", server.Requests[^1].Range);
        Assert.Equal(Zipped, File.ReadAllBytes(Path.Combine(CacheFolder, "file.gz")));
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_start()
    {
        var calls = 0;
        using var server = new LoopbackServer(_ => new Answer(200, Zipped, CutAfter: ++calls == 1 ? 100_000 : null));
        var file = await ObtainAsync([server.Url]);
        Assert.Equal(Zipped, File.ReadAllBytes(file.Path));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_file_that_changed_on_the_server_is_read_from_the_start()
    {
        var old = SmallData.Noise(Zipped.Length, 99);
        using var server = new LoopbackServer(request => request.Range is null
            ? new Answer(200, old, 100_000, Headers: ["ETag: \"old\""])
            : request.Headers["If-Range"] == "\"old\"" ? new Answer(200, Zipped, Headers: [$"ETag: {Tag}"]) : new Answer(400, []));
        Assert.Equal(Zipped, File.ReadAllBytes((await ObtainAsync([server.Url])).Path));
    }

    [Fact]
    public async Task Ends_that_do_not_fit_together_are_thrown_away_and_fetched_anew()
    {
        var first = true;
        using var server = new LoopbackServer(request =>
        {
            var wrong = first;
            first = false;
            return wrong ? new Answer(200, SmallData.Noise(Zipped.Length, 99), 100_000) : Ranged(request, Zipped);
        });
        Assert.Equal(Zipped, File.ReadAllBytes((await ObtainAsync([server.Url])).Path));
        Assert.Equal("all, bytes=100000-, all", Ranges(server));
    }

    [Fact]
    public async Task A_range_other_than_asked_for_is_not_appended()
    {
        var calls = 0;
        using var server = new LoopbackServer(request => request.Range is null ? Ranged(request, Zipped, cutAfter: ++calls == 1 ? 100_000 : null)
            : new Answer(206, Zipped[50_000..], Headers: [$"Content-Range: bytes 50000-{Zipped.Length - 1}/{Zipped.Length}"]));
        Assert.Equal(Zipped, File.ReadAllBytes((await ObtainAsync([server.Url])).Path));
    }

    [Fact]
    public async Task A_part_that_was_whole_already_is_not_fetched_again()
    {
        using var server = new LoopbackServer(_ => new Answer(416, [], Headers: [$"Content-Range: bytes */{Zipped.Length}"]));
        Directory.CreateDirectory(CacheFolder);
        File.WriteAllBytes(new PartialFile(Path.Combine(CacheFolder, "file.gz"), new Uri(server.Url, "file.gz")).Path, Zipped);
        Assert.Equal(Zipped, File.ReadAllBytes((await ObtainAsync([server.Url])).Path));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_server_in_trouble_is_asked_again(int status)
    {
        var calls = 0;
        using var server = new LoopbackServer(request => ++calls < 3 ? new Answer(status, [], Headers: ["Retry-After: 0"]) : Ranged(request, Zipped));
        await ObtainAsync([server.Url]);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up_and_taken_up_again()
    {
        using var server = new LoopbackServer(request => Ranged(request, Zipped, cutAfter: request.Range is null ? 100_000 : null, stall: request.Range is null));
        await ObtainAsync([server.Url], stall: TimeSpan.FromSeconds(1));
        Assert.Equal("bytes=100000-", server.Requests[^1].Range);
    }

    [Fact]
    public async Task The_next_mirror_has_its_turn_when_one_lacks_the_file_or_sends_another()
    {
        using var missing = new LoopbackServer(_ => new Answer(404, []));
        using var portal = new LoopbackServer(_ => new Answer(200, "<html>Log in to the network</html>"u8.ToArray()));
        using var good = new LoopbackServer(request => Ranged(request, Zipped));
        await ObtainAsync([missing.Url, portal.Url, good.Url]);
        Assert.Single(missing.Requests);
        Assert.Single(portal.Requests);
        AssertNothingLeftOver();
    }

    [Fact]
    public async Task A_failure_lists_everything_that_was_tried_and_what_to_do()
    {
        using var missing = new LoopbackServer(_ => new Answer(404, []));
        using var corrupt = new LoopbackServer(_ => new Answer(200, SmallData.Gzip(SmallData.Noise(300_000, 12))));
        using var busy = new LoopbackServer(_ => new Answer(503, []));
        var gone = new LoopbackServer(_ => new Answer(500, []));
        var goneUrl = gone.Url;
        gone.Dispose();
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync([missing.Url, corrupt.Url, busy.Url, goneUrl]));
        foreach (var expected in new[] { "package folder", "cache", $"{missing.Url}file.gz: HTTP 404", $"{corrupt.Url}file.gz: what came has SHA-256", $"{busy.Url}file.gz: HTTP 503", $"{goneUrl}file.gz: Connection refused", "--data-mirror DIR", "ONNX_PIPELINE_DATA_MIRROR", "apt-get install some-package" })
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Single(missing.Requests);
        Assert.Single(corrupt.Requests);
        Assert.Equal(3, busy.Requests.Count);
        AssertNothingLeftOver();
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        using var server = new LoopbackServer(_ => new Answer(200, new byte[2_000_000]));
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync([server.Url]));
        Assert.Contains("that is something else", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_at_once_and_keeps_what_has_come()
    {
        using var server = new LoopbackServer(request => Ranged(request, Zipped, cutAfter: 100_000, stall: true));
        using var cancel = new CancellationTokenSource();
        var progress = new Recorder { OnReport = _ => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ObtainAsync([server.Url], progress, cancellationToken: cancel.Token));
        Assert.InRange(new FileInfo(Directory.GetFiles(CacheFolder, "*.part").Single()).Length, 1, 100_000);
        Assert.False(File.Exists(Path.Combine(CacheFolder, "file.gz")));
    }

    [Fact]
    public async Task Two_at_once_download_a_file_once()
    {
        using var server = new LoopbackServer(request => Ranged(request, Zipped));
        var both = await Task.WhenAll(ObtainAsync([server.Url]), ObtainAsync([server.Url]));
        Assert.Single(server.Requests);
        Assert.Equal([SourceOrigin.Cache, SourceOrigin.Download], both.Select(b => b.Origin).Order());
    }

    [Fact]
    public async Task A_cache_that_cannot_be_made_says_what_to_do()
    {
        File.WriteAllText(_folder.File("cache"), "a file where a folder should be");
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync([]));
        Assert.Contains("XDG_CACHE_HOME", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_heed_the_server()
    {
        var policy = new DownloadPolicy();
        Assert.Equal([1, 2, 4, 30], new[] { 1, 2, 3, 9 }.Select(f => policy.Delay(f, null).TotalSeconds));
        Assert.Equal(7, policy.Delay(1, TimeSpan.FromSeconds(7)).TotalSeconds);
        Assert.Equal(30, policy.Delay(1, TimeSpan.FromHours(7)).TotalSeconds);
    }

    private string CacheFolder => _folder.File("cache/datasets/test");

    private async Task<ObtainedFile> ObtainAsync(Uri[] mirrors, IProgress<DownloadProgress>? progress = null, TimeSpan? stall = null, CancellationToken cancellationToken = default)
    {
        var dataset = new DatasetDefinition
        {
            Name = "test",
            Summary = "",
            Source = "",
            Files = [SmallData.File("file.gz", Content)],
            Mirrors = mirrors,
            DebianPackage = "some-package",
            Read = _ => throw new InvalidOperationException("nothing is read here"),
        };
        var options = new SourceOptions
        {
            CacheFolder = _folder.File("cache"),
            PackageRoot = _folder.File("packages"),
            GetEnvironment = _ => null,
            Download = new DownloadPolicy { Attempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1), StallTimeout = stall ?? TimeSpan.FromSeconds(20) },
        };
        return (await new SourceResolver(dataset, options, progress).ObtainAsync(cancellationToken)).Single();
    }

    private void AssertNothingLeftOver() =>
        Assert.All(Directory.GetFiles(CacheFolder), f => Assert.DoesNotMatch(@"\.(part|validator)$", f));

    private static string Ranges(LoopbackServer server) => string.Join(", ", server.Requests.Select(r => r.Range ?? "all"));

    /// <summary>What a good server sends: the range that was asked for, or all.</summary>
    private static Answer Ranged(SeenRequest request, byte[] body, int? cutAfter = null, bool stall = false)
    {
        var from = request.Range is { } range ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        var rest = body[from..];
        if (cutAfter >= rest.Length) cutAfter = null;
        return from == 0
            ? new Answer(200, rest, cutAfter, stall, $"ETag: {Tag}")
            : new Answer(206, rest, cutAfter, stall, $"ETag: {Tag}", $"Content-Range: bytes {from}-{body.Length - 1}/{body.Length}");
    }

    private sealed class Recorder : IProgress<DownloadProgress>
    {
        private readonly ConcurrentQueue<DownloadProgress> _reports = new();

        public Action<DownloadProgress>? OnReport { get; init; }

        public (string, string, string, int, int) Last => _reports.Last() is var p ? (p.Dataset, p.File, p.Host, (int)p.Received, (int)p.Total!) : default;

        public void Report(DownloadProgress value)
        {
            _reports.Enqueue(value);
            OnReport?.Invoke(value);
        }
    }
}
