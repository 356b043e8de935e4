using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Export.Signing;

/// <summary>
/// Signs files with Ed25519 in the format of minisign, which can check them, and checks what it signed: https://jedisct1.github.io/minisign.
/// What is signed is the file's BLAKE2b hash; a second signature covers the first and the trusted comment.
/// </summary>
public static class Minisign
{
    public const string Extension = ".minisig";

    private const string Trusted = "trusted comment: ";
    private const int HashBytes = 64;
    private const int HeadBytes = 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether this machine can sign and check: libsodium is there.</summary>
    public static bool Available => Sodium.Available;

    /// <summary>Makes a pair of keys; the secret one has no password, and only its owner can read the file.</summary>
    /// <exception cref="SignatureException">A file is there already.</exception>
    public static void CreateKeys(string secretPath, string publicPath)
    {
        if (new[] { secretPath, publicPath }.FirstOrDefault(File.Exists) is { } taken) throw new SignatureException($"The file '{taken}' is there already; a key is never written over.");
        var (open, secret) = Sodium.CreateKeys();
        var number = RandomNumberGenerator.GetBytes(8);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(secretPath, options)) file.Write(Encoding.ASCII.GetBytes(KeyFile.OfSecret(number, secret)));
        File.WriteAllText(publicPath, KeyFile.OfPublic(number, open));
    }

    /// <summary>Signs a file; the signature goes beside it, under its name and ".minisig".</summary>
    /// <param name="path">The file.</param>
    /// <param name="secretPath">The secret key's file.</param>
    /// <param name="time">When it is signed, for the trusted comment.</param>
    /// <returns>The signature's path.</returns>
    /// <exception cref="SignatureException">The key is none, or is protected by a password.</exception>
    public static string Sign(string path, string secretPath, DateTimeOffset time)
    {
        var (number, key) = KeyFile.ReadSecret(File.ReadAllText(secretPath), secretPath);
        var signature = Sodium.Sign(Sodium.Hash(File.ReadAllBytes(path), HashBytes), key);
        var comment = $"timestamp:{time.ToUnixTimeSeconds()}\tfile:{Path.GetFileName(path).ReplaceLineEndings("_")}\thashed";
        var whole = Sodium.Sign([.. signature, .. Encoding.UTF8.GetBytes(comment)], key);
        File.WriteAllText(path + Extension, $"{KeyFile.Untrusted}signature of OnnxPipeline\n{Convert.ToBase64String([.. "ED"u8, .. number, .. signature])}\n{Trusted}{comment}\n{Convert.ToBase64String(whole)}\n");
        return path + Extension;
    }

    /// <summary>Checks a file's signature.</summary>
    /// <param name="path">The file.</param>
    /// <param name="publicKey">The public key's file, or the key itself in base64.</param>
    /// <param name="signaturePath">The signature; null for the one beside the file.</param>
    /// <returns>The trusted comment: when it was signed, and under which name.</returns>
    /// <exception cref="SignatureException">The signature is not that key's, the file is another, or something is damaged.</exception>
    public static string Verify(string path, string publicKey, string? signaturePath = null)
    {
        signaturePath ??= path + Extension;
        if (!File.Exists(signaturePath)) throw new SignatureException($"There is no signature '{signaturePath}'.");
        var (number, key) = KeyFile.ReadPublic(File.Exists(publicKey) ? File.ReadAllText(publicKey) : publicKey, $"The key '{publicKey}'");
        if (File.ReadAllText(signaturePath).TrimEnd().Split('\n') is not [_, var first, var trusted, var second] || !trusted.StartsWith(Trusted, StringComparison.Ordinal))
            throw new SignatureException($"{signaturePath} is no signature of minisign: it has other lines.");
        var (bytes, whole, comment) = (KeyFile.Decode(first, signaturePath), KeyFile.Decode(second, signaturePath), trusted[Trusted.Length..].TrimEnd('\r'));
        if (bytes.Length != HeadBytes + Sodium.SignatureBytes || whole.Length != Sodium.SignatureBytes) throw new SignatureException($"{signaturePath} is damaged: a signature has another length.");
        if (!bytes.AsSpan(2, 8).SequenceEqual(number)) throw new SignatureException($"{signaturePath} was made with another key: number {Convert.ToHexString(bytes.AsSpan(2, 8))}, and the key given is {Convert.ToHexString(number)}.");

        var file = File.ReadAllBytes(path);
        var signed = Encoding.ASCII.GetString(bytes, 0, 2) switch
        {
            "ED" => Sodium.Hash(file, HashBytes),
            "Ed" => file,
            var other => throw new SignatureException($"{signaturePath} is signed by the algorithm '{other}'; expected ED or Ed."),
        };
        var signature = bytes.AsSpan(HeadBytes);
        if (!Sodium.Verify(signature, signed, key)) throw new SignatureException($"The signature is not of this file: '{path}' was changed, or is another.");
        if (!Sodium.Verify(whole, [.. signature, .. Encoding.UTF8.GetBytes(comment)], key)) throw new SignatureException($"{signaturePath}: the trusted comment was changed.");
        return comment;
    }
}
