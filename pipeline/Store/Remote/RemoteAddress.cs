using System.Net.Http.Headers;
using OnnxPipeline.Pipeline.Store.Remote.S3;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Reads the address of a remote store, and the credentials for it.</summary>
internal static class RemoteAddress
{
    public const string Variable = "ONNX_PIPELINE_REMOTE";
    public const string TokenVariable = "ONNX_PIPELINE_REMOTE_TOKEN";
    public const string UserVariable = "ONNX_PIPELINE_REMOTE_USER";
    public const string PasswordVariable = "ONNX_PIPELINE_REMOTE_PASSWORD";

    private const string Valid = "Expected https://host/path, http://host/path or s3://bucket/prefix.";

    /// <param name="text">The address.</param>
    /// <param name="environment">Gives the environment's variables.</param>
    /// <param name="time">The clock of signatures.</param>
    /// <exception cref="UsageException">It is no such address, or what belongs to it is missing.</exception>
    public static IRemoteProtocol Parse(string text, Func<string, string?> environment, TimeProvider time)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)) throw new UsageException($"The remote '{WithoutCredentials(text)}' is no address. {Valid}");
        return address.Scheme switch
        {
            "http" or "https" => PlainHttp(address, environment),
            "s3" => S3Address.Parse(address, environment, time),
            _ => throw new UsageException($"The remote '{WithoutCredentials(text)}' is of the kind '{address.Scheme}', which is unknown. {Valid}"),
        };
    }

    private static PlainHttpProtocol PlainHttp(Uri address, Func<string, string?> environment)
    {
        var root = new UriBuilder(address) { UserName = "", Password = "", Path = address.AbsolutePath.TrimEnd('/') + "/" }.Uri;
        if (address.Query.Length + address.Fragment.Length > 0) throw new UsageException($"The remote '{root.GetLeftPart(UriPartial.Path)}' has a query or a fragment behind it, which cannot stay there: objects have paths below the address. Leave it out.");
        return new PlainHttpProtocol(root, Authorization(address, environment));
    }

    private static AuthenticationHeaderValue? Authorization(Uri address, Func<string, string?> environment)
    {
        if (address.UserInfo.Length > 0)
        {
            var parts = address.UserInfo.Split(':', 2);
            return PlainHttpProtocol.Basic(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
        }
        if (environment(TokenVariable) is { Length: > 0 } token) return new AuthenticationHeaderValue("Bearer", token);
        return environment(UserVariable) is { Length: > 0 } user ? PlainHttpProtocol.Basic(user, environment(PasswordVariable) ?? "") : null;
    }

    /// <summary>What cannot be read may yet hold a password.</summary>
    private static string WithoutCredentials(string text) => text[(text.LastIndexOf('@') + 1)..];
}
