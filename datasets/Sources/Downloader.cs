namespace OnnxPipeline.Datasets.Sources;

/// <summary>Brings a dataset's file into the cache from the first of its official mirrors that gives it whole.</summary>
internal sealed class Downloader(DatasetDefinition dataset, DownloadPolicy policy, IProgress<DownloadProgress>? progress)
{
    /// <summary>Bytes that make a broken-off try count as progress, which starts the count of failures anew.</summary>
    private const long RealProgress = 1 << 16;

    private const int ReportMilliseconds = 50;

    /// <returns>True when <paramref name="path"/> is there now, its content checked; else <paramref name="tried"/> says why not.</returns>
    public async Task<bool> DownloadAsync(SourceFile file, string path, List<string> tried, CancellationToken cancellationToken)
    {
        using var handler = policy.CreateHandler();
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("onnx-pipeline");
        var transfer = new Transfer(client, policy);
        foreach (var mirror in dataset.Mirrors)
        {
            var url = new Uri(mirror, file.Name);
            if (await FromMirrorAsync(transfer, file, url, path, cancellationToken) is { } problem)
            {
                tried.Add($"{url}: {problem}");
                continue;
            }
            foreach (var other in dataset.Mirrors) new PartialFile(path, new Uri(other, file.Name)).Delete();
            return true;
        }
        return false;
    }

    /// <returns>What went wrong at last; null when the file has come.</returns>
    private async Task<string?> FromMirrorAsync(Transfer transfer, SourceFile file, Uri url, string path, CancellationToken cancellationToken)
    {
        var part = new PartialFile(path, url);
        var mostReceived = part.Length;
        for (var failures = 0; ;)
        {
            var resumed = part.Length > 0;
            string problem;
            TimeSpan? retryAfter = null;
            try
            {
                await transfer.RunAsync(url, part, file.MaxDownload, Reporter(file, url), cancellationToken);
                if (ContentCheck.Problem(part.Path, file, cancellationToken) is not { } wrong)
                {
                    part.Publish();
                    return null;
                }
                part.Delete();
                problem = $"what came {wrong}";
                // Two ends that do not fit together are worth a fresh start; a wrong file in one piece is not.
                if (!resumed) return problem;
            }
            catch (TransferException exception)
            {
                if (exception.Permanent) return exception.Message;
                (problem, retryAfter) = (exception.Message, exception.RetryAfter);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException)
            {
                problem = exception.Message;
            }

            var received = part.Length;
            failures = received >= mostReceived + RealProgress ? 1 : failures + 1;
            mostReceived = Math.Max(mostReceived, received);
            if (failures >= policy.Attempts) return $"{problem} ({failures} tries, {received:N0} bytes kept)";
            await Task.Delay(policy.Delay(failures, retryAfter), cancellationToken);
        }
    }

    private Action<long, long?> Reporter(SourceFile file, Uri url)
    {
        if (progress is null) return (_, _) => { };
        var next = 0L;
        return (received, total) =>
        {
            var now = Environment.TickCount64;
            if (now < next && received != total) return;
            next = now + ReportMilliseconds;
            progress.Report(new DownloadProgress(dataset.Name, file.Name, url.Host, received, total));
        };
    }
}
