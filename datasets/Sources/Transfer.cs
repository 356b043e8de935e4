using System.Net;
using System.Net.Http.Headers;

namespace OnnxPipeline.Datasets.Sources;

/// <summary>One HTTP request that brings a partial file further: from its end, where the server can do that, else from the start.</summary>
internal sealed class Transfer(HttpClient client, DownloadPolicy policy)
{
    private const int ChunkSize = 1 << 16;

    /// <param name="url">Where the file is.</param>
    /// <param name="part">What has come so far; complete when this returns, as far as the server says.</param>
    /// <param name="maxBytes">The most bytes that can be right.</param>
    /// <param name="report">Told bytes received and, where known, bytes in all.</param>
    /// <param name="cancellationToken">Stops the transfer; what has come is kept.</param>
    /// <exception cref="TransferException">The server answered something else than the file.</exception>
    /// <exception cref="HttpRequestException">No connection, or an error of the connection.</exception>
    /// <exception cref="IOException">The connection broke off, or the file cannot be written.</exception>
    /// <exception cref="TimeoutException">Nothing came for <see cref="DownloadPolicy.StallTimeout"/>.</exception>
    public async Task RunAsync(Uri url, PartialFile part, long maxBytes, Action<long, long?> report, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(policy.StallTimeout);
        try
        {
            using var request = Request(url, part);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
            if (!Accept(response, part)) return;

            var total = response.Content.Headers.ContentLength + part.Length;
            if (total > maxBytes) throw TooLarge(total.Value, maxBytes);
            using var body = await response.Content.ReadAsStreamAsync(stall.Token);
            using var file = part.OpenAppend();
            var chunk = new byte[ChunkSize];
            int read;
            while ((read = await body.ReadAsync(chunk, stall.Token)) > 0)
            {
                stall.CancelAfter(policy.StallTimeout);
                if (file.Length + read > maxBytes) throw TooLarge(file.Length + read, maxBytes);
                Write(file, chunk.AsSpan(0, read));
                report(file.Length, total);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {policy.StallTimeout.TotalSeconds:0.#} s");
        }
    }

    private static HttpRequestMessage Request(Uri url, PartialFile part)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (part.Length == 0) return request;
        request.Headers.Range = new RangeHeaderValue(part.Length, null);
        // Without a validator the checksum decides whether the two ends belong together.
        if (part.Validator is { } validator) request.Headers.TryAddWithoutValidation("If-Range", validator);
        return request;
    }

    /// <summary>Whether a body follows that continues <paramref name="part"/>, which is emptied when the server begins anew.</summary>
    private static bool Accept(HttpResponseMessage response, PartialFile part)
    {
        var range = response.Content.Headers.ContentRange;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart(ValidatorOf(response));
                return true;
            case HttpStatusCode.PartialContent when range?.From == part.Length:
                return true;
            case HttpStatusCode.PartialContent:
                var had = part.Length;
                part.Delete();
                throw new TransferException($"asked for the bytes from {had}, got {range}", permanent: false);
            case HttpStatusCode.RequestedRangeNotSatisfiable when range?.Length == part.Length && part.Length > 0:
                return false;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                part.Delete();
                throw new TransferException("the server has a file of another length now", permanent: false);
            default:
                var status = (int)response.StatusCode;
                throw new TransferException($"HTTP {status} {response.ReasonPhrase}", permanent: status < 500 && status is not (408 or 429), RetryAfterOf(response));
        }
    }

    private static string? ValidatorOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : response.Content.Headers.LastModified?.ToString("R");

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - response.Headers.Date : null;

    private static TransferException TooLarge(long bytes, long maxBytes) =>
        new($"it sends {bytes:N0} bytes or more, but the file cannot have more than {maxBytes:N0}; that is something else", permanent: true);

    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException exception)
        {
            throw new DatasetSourceException($"The download cannot be written to {file.Name}: {exception.Message} Make room, or set XDG_CACHE_HOME to a folder that has it; what has come so far is kept.", exception);
        }
    }
}
