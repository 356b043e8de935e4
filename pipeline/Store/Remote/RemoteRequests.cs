using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Sends requests, tries again what may pass, and turns every other answer into a clear error.</summary>
internal sealed class RemoteRequests : IDisposable
{
    private const int ShownBody = 4096;

    private static readonly string NoContent = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly IRemoteProtocol _protocol;
    private readonly RemotePolicy _policy;
    private readonly HttpClient _client;
    private volatile bool _answered;

    public RemoteRequests(IRemoteProtocol protocol, RemotePolicy policy)
    {
        (_protocol, _policy) = (protocol, policy);
        var handler = policy.CreateHandler();
        handler.AllowAutoRedirect = protocol.FollowsRedirects;
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Does something with a request as often as the policy allows. A server that has not answered once is not waited for.</summary>
    /// <exception cref="RemoteException">It failed for good.</exception>
    public async Task<T> TryAsync<T>(HttpMethod method, Uri address, Func<StallWatch, Task<T>> action, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            string problem;
            TimeSpan? wish = null;
            Exception cause;
            using (var alive = new StallWatch(_policy.StallTimeout, cancellation))
            {
                try
                {
                    return await action(alive);
                }
                catch (BusyException exception)
                {
                    (problem, wish, cause) = (exception.Message, exception.RetryAfter, exception);
                }
                catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
                {
                    (problem, cause) = (exception.InnerException is TimeoutException timeout ? timeout.Message : $"nothing moved for {_policy.StallTimeout.TotalSeconds:0.#} s", exception);
                }
                catch (Exception exception) when (exception is HttpRequestException or IOException)
                {
                    (problem, cause) = (exception.InnerException is { } inner ? $"{exception.Message} ({inner.Message})" : exception.Message, exception);
                }
            }
            if (!_answered || failures >= _policy.Attempts)
                throw new RemoteException(RemoteFault.Unreachable, $"{method} {address}: {problem}{(failures > 1 ? $" ({failures} tries)" : "")}. Check the address and the network, or run again later.", cause);
            await Task.Delay(_policy.Delay(failures, wish), cancellation);
        }
    }

    /// <summary>A request with its credentials.</summary>
    /// <param name="method">For example PUT.</param>
    /// <param name="address">The object.</param>
    /// <param name="contentSha256">Of the body; null for none.</param>
    /// <param name="from">The first byte that is wanted; 0 for all.</param>
    public HttpRequestMessage Create(HttpMethod method, Uri address, string? contentSha256 = null, long from = 0)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        request.Headers.UserAgent.ParseAdd("onnx-pipeline");
        if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
        _protocol.Authorize(request, contentSha256 ?? NoContent);
        return request;
    }

    /// <summary>The answer, as soon as its head is there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, StallWatch alive)
    {
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, alive.Token);
        _answered = true;
        alive.Renew();
        return response;
    }

    /// <exception cref="RemoteException">The answer is no success, and would not be one later.</exception>
    /// <exception cref="BusyException">It might be one later.</exception>
    public async Task CheckAsync(HttpRequestMessage request, HttpResponseMessage response, StallWatch alive)
    {
        if (response.IsSuccessStatusCode) return;
        var status = response.StatusCode;
        var advice = _protocol.Advise(status, await BeginningAsync(response, alive)) is { } text ? $" {text}" : "";
        var answer = $"HTTP {(int)status} {response.ReasonPhrase}".TrimEnd();
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            throw new BusyException($"{answer}.{advice}".TrimEnd('.'), response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - DateTimeOffset.UtcNow : null);
        var writing = request.Method != HttpMethod.Get && request.Method != HttpMethod.Head;
        var fault = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => writing ? RemoteFault.ReadOnly : RemoteFault.Refused,
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented when writing => RemoteFault.ReadOnly,
            _ => RemoteFault.Failed,
        };
        throw new RemoteException(fault, $"{request.Method} {request.RequestUri}: expected success, {answer} came.{advice}");
    }

    public void Dispose() => _client.Dispose();

    private static async Task<string> BeginningAsync(HttpResponseMessage response, StallWatch alive)
    {
        using var body = await response.Content.ReadAsStreamAsync(alive.Token);
        var bytes = new byte[ShownBody];
        return Encoding.UTF8.GetString(bytes, 0, await body.ReadAtLeastAsync(bytes, ShownBody, throwOnEndOfStream: false, alive.Token));
    }
}

/// <summary>The server cannot do it now.</summary>
internal sealed class BusyException(string message, TimeSpan? retryAfter) : Exception(message)
{
    /// <summary>How long it wishes to be left alone.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
