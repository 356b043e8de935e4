using System.Globalization;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>What a server says of itself at /metrics, held against what was seen of it.</summary>
internal static partial class ServerMetrics
{
    // Of a client that has gone, and of one whose request ends early.
    private static readonly string[] ClientsOwn = ["CANCELED", "OTHER"];

    /// <summary>Failures that are not the clients', and answers that it does not know of.</summary>
    public static IEnumerable<string> Faults(Uri server, long answered)
    {
        using var client = new HttpClient { BaseAddress = server };
        var text = client.GetStringAsync("/metrics").GetAwaiter().GetResult();
        foreach (Match failure in Failure().Matches(text))
        {
            if (failure.Groups[2].Value != "0" && !ClientsOwn.Contains(failure.Groups[1].Value)) yield return $"{failure.Groups[2].Value} requests failed as {failure.Groups[1].Value}";
        }
        var succeeded = long.Parse(Success().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        if (succeeded < answered) yield return $"the server counts {succeeded} requests that it answered, but {answered} were seen";
    }

    [GeneratedRegex("""^nv_inference_request_failure\{.*reason="([A-Z]+)"\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Failure();

    [GeneratedRegex("""^nv_inference_request_success\{.*\} (\d+)$""", RegexOptions.Multiline)]
    private static partial Regex Success();
}
