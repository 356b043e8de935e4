using System.Reflection;
using System.Runtime.InteropServices;

namespace OnnxPipeline.Export.Signing;

/// <summary>Ed25519 and BLAKE2b by libsodium, the library of the system (https://libsodium.org); .NET has neither.</summary>
internal static partial class Sodium
{
    public const int PublicKeyBytes = 32;
    public const int SecretKeyBytes = 64;
    public const int SignatureBytes = 64;

    private const string Library = "libsodium";
    private static readonly string[] Names = ["libsodium.so.23", "libsodium.so.26", "libsodium.so", "libsodium.dylib", "libsodium.dll"];
    private static readonly Lazy<bool> Ready = new(Load);

    /// <summary>Whether the library is there.</summary>
    public static bool Available => Ready.Value;

    public static (byte[] Public, byte[] Secret) CreateKeys()
    {
        Need();
        var (open, secret) = (new byte[PublicKeyBytes], new byte[SecretKeyBytes]);
        Done(Keypair(open, secret), "make a pair of keys");
        return (open, secret);
    }

    public static byte[] Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        Need();
        var signature = new byte[SignatureBytes];
        Done(SignDetached(signature, out _, message, (ulong)message.Length, secretKey), "sign");
        return signature;
    }

    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        Need();
        return VerifyDetached(signature, message, (ulong)message.Length, publicKey) == 0;
    }

    /// <summary>BLAKE2b of so many bytes, 16 to 64.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> message, int bytes)
    {
        Need();
        var hash = new byte[bytes];
        Done(GenericHash(hash, (nuint)bytes, message, (ulong)message.Length, 0, 0), "hash");
        return hash;
    }

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(Sodium).Assembly, Find);
        return Find(Library, typeof(Sodium).Assembly, null) != 0 && Initialize() >= 0;
    }

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Library) return 0;
        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, search, out var handle)) return handle;
        }
        return 0;
    }

    private static void Need()
    {
        if (!Available) throw new SignatureException("Signatures need libsodium, which is not installed. On Debian and Ubuntu: apt-get install libsodium23; elsewhere see https://libsodium.org.");
    }

    private static void Done(int result, string what)
    {
        if (result != 0) throw new SignatureException($"libsodium could not {what} (result {result}).");
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_keypair")]
    private static partial int Keypair(Span<byte> publicKey, Span<byte> secretKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_detached")]
    private static partial int SignDetached(Span<byte> signature, out ulong length, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> secretKey);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_verify_detached")]
    private static partial int VerifyDetached(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ulong messageLength, ReadOnlySpan<byte> publicKey);

    [LibraryImport(Library, EntryPoint = "crypto_generichash_blake2b")]
    private static partial int GenericHash(Span<byte> hash, nuint hashLength, ReadOnlySpan<byte> message, ulong messageLength, nint key, nuint keyLength);
}
