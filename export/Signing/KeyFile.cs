using System.Buffers.Binary;
using System.Text;

namespace OnnxPipeline.Export.Signing;

/// <summary>Two lines of a minisign file: a comment that nobody vouches for, and bytes in base64.</summary>
internal static class KeyFile
{
    public const string Untrusted = "untrusted comment: ";

    private const int KeyNumberBytes = 8;
    private const int SaltAndLimits = 32 + 8 + 8;
    private const int CheckBytes = 32;
    private static ReadOnlySpan<byte> Algorithm => "Ed"u8;

    /// <summary>Algorithm, key number, key.</summary>
    public static string OfPublic(byte[] number, byte[] key) =>
        $"{Untrusted}minisign public key {BinaryPrimitives.ReadUInt64LittleEndian(number):X16}\n{Convert.ToBase64String([.. Algorithm, .. number, .. key])}\n";

    /// <summary>Algorithms of signature, key derivation (none: the key is not encrypted) and checksum, the derivation's parameters, then key number, key and checksum.</summary>
    public static string OfSecret(byte[] number, byte[] key) =>
        $"{Untrusted}minisign secret key\n{Convert.ToBase64String([.. Algorithm, 0, 0, .. "B2"u8, .. new byte[SaltAndLimits], .. number, .. key, .. Check(number, key)])}\n";

    /// <param name="text">The file's content, or its second line alone.</param>
    /// <param name="source">Names it in errors.</param>
    /// <exception cref="SignatureException">It is no such key.</exception>
    public static (byte[] Number, byte[] Key) ReadPublic(string text, string source)
    {
        var bytes = Decode(text.Trim().Split('\n')[^1], source);
        if (bytes.Length != 2 + KeyNumberBytes + Sodium.PublicKeyBytes || !bytes.AsSpan(0, 2).SequenceEqual(Algorithm)) throw new SignatureException($"{source} is no public key of minisign.");
        return (bytes[2..10], bytes[10..]);
    }

    /// <exception cref="SignatureException">It is no such key, is damaged, or is protected by a password.</exception>
    public static (byte[] Number, byte[] Key) ReadSecret(string text, string source)
    {
        var bytes = Decode(text.Trim().Split('\n')[^1], source);
        const int head = 6 + SaltAndLimits;
        if (bytes.Length != head + KeyNumberBytes + Sodium.SecretKeyBytes + CheckBytes || !bytes.AsSpan(0, 2).SequenceEqual(Algorithm)) throw new SignatureException($"{source} is no secret key of minisign.");
        if (bytes[2] != 0 || bytes[3] != 0) throw new SignatureException($"{source} is protected by a password, which is not asked for here. Sign with minisign itself, or with a key made without one.");
        var (number, key) = (bytes[head..(head + KeyNumberBytes)], bytes[(head + KeyNumberBytes)..^CheckBytes]);
        return Check(number, key).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - CheckBytes)) ? (number, key) : throw new SignatureException($"{source} is damaged: its checksum is another.");
    }

    public static byte[] Decode(string line, string source)
    {
        var bytes = new byte[line.Length];
        return Convert.TryFromBase64String(line.Trim(), bytes, out var length) ? bytes[..length] : throw new SignatureException($"{source} is damaged: expected base64, found '{(line.Length > 20 ? line[..20] + "…" : line)}'.");
    }

    private static byte[] Check(byte[] number, byte[] key) => Sodium.Hash([.. Algorithm, .. number, .. key], CheckBytes);
}
