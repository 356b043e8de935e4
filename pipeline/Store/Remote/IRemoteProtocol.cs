using System.Net;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>What sets one kind of remote store apart from another; GET, PUT and HEAD are common to all.</summary>
internal interface IRemoteProtocol
{
    /// <summary>The address for people, without credentials.</summary>
    string Name { get; }

    /// <summary>Whether a redirection may be followed; not where a signature covers the address.</summary>
    bool FollowsRedirects { get; }

    /// <summary>Whether a PUT into a folder that is not there is answered with 409, and MKCOL makes one (RFC 4918, 9.3 and 9.7.1).</summary>
    bool HasFolders { get; }

    /// <summary>The most bytes that one PUT may have; null where there is no limit.</summary>
    long? MaxPut { get; }

    /// <summary>Where an object is.</summary>
    /// <param name="path">Relative, with '/', not escaped.</param>
    Uri Locate(string path);

    /// <summary>Adds credentials to a request that is complete but for them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="contentSha256">Of its body, in lower-case hexadecimal.</param>
    void Authorize(HttpRequestMessage request, string contentSha256);

    /// <summary>What to do about a status, as a sentence; null where this protocol knows nothing special.</summary>
    /// <param name="status">The answer's status.</param>
    /// <param name="body">The beginning of the answer.</param>
    string? Advise(HttpStatusCode status, string body);
}
