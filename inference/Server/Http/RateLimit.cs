using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>A bucket of tokens for each address: it fills at the rate allowed and holds two seconds' worth.</summary>
internal static class RateLimit
{
    public static void Configure(RateLimiterOptions limiter, int perSecond)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 2 * perSecond, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            await Json.WriteAsync(rejected.HttpContext, new ErrorResponse(string.Create(CultureInfo.InvariantCulture, $"More than {perSecond} requests a second come from this address; try again later.")), ServerJson.Default.ErrorResponse, StatusCodes.Status429TooManyRequests);
        };
    }
}
