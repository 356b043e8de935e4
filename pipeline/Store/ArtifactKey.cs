using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>The full SHA-256 by which an artifact is stored, as 64 lower-case hexadecimal digits.</summary>
internal readonly record struct ArtifactKey
{
    private const int Digits = SHA256.HashSizeInBytes * 2;
    private readonly string _hex;

    private ArtifactKey(string hex) => _hex = hex;

    /// <summary>The first 12 digits, for people.</summary>
    public string Short => _hex[..12];

    public static bool TryParse([NotNullWhen(true)] string? text, out ArtifactKey key)
    {
        var valid = text is { Length: Digits } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
        key = valid ? new ArtifactKey(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not 64 lower-case hexadecimal digits.</exception>
    public static ArtifactKey Parse(string text) => TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no artifact key; expected {Digits} lower-case hexadecimal digits.");

    public override string ToString() => _hex;
}
