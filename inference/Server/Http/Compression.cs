using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Bodies compressed by gzip, deflate or Brotli, both ways.</summary>
internal static class Compression
{
    public static void Add(IServiceCollection services)
    {
        services.AddRequestDecompression();
        services.AddResponseCompression(options =>
        {
            options.MimeTypes = ["application/json", "application/octet-stream"];
            options.Providers.Add(new GzipCompressionProvider(Options.Create(new GzipCompressionProviderOptions())));
            options.Providers.Add(new DeflateProvider());
        });
    }

    /// <summary>HTTP's deflate is the zlib format: RFC 9110, 8.4.1.2.</summary>
    private sealed class DeflateProvider : ICompressionProvider
    {
        public string EncodingName => "deflate";

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new ZLibStream(outputStream, CompressionLevel.Fastest, leaveOpen: true);
    }
}
