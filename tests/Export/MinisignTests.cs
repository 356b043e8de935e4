using System.Diagnostics;
using OnnxPipeline.Export.Signing;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests;

public sealed class MinisignTests : IDisposable
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SodiumFact]
    public void A_signature_holds_until_the_file_the_comment_or_the_key_changes()
    {
        var (file, secret, open) = Signed();
        Assert.Equal("timestamp:1700000000\tfile:model.onnx\thashed", Minisign.Verify(file, open));
        Assert.Equal(Minisign.Verify(file, open), Minisign.Verify(file, File.ReadAllLines(open)[1]));

        var signature = File.ReadAllText(file + ".minisig");
        File.WriteAllText(file + ".minisig", signature.Replace("1700000000", "1800000000", StringComparison.Ordinal));
        Refused(file, open, "comment was changed");
        File.WriteAllText(file + ".minisig", signature);
        File.AppendAllText(file, "x");
        Refused(file, open, "was changed, or is another");

        Minisign.CreateKeys(_folder.File("b.key"), _folder.File("b.pub"));
        Refused(file, _folder.File("b.pub"), "another key");
        Assert.Contains("never written over", Assert.Throws<SignatureException>(() => Minisign.CreateKeys(secret, _folder.File("c.pub"))).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
    }

    [SodiumFact]
    public void Damaged_files_are_refused_with_the_reason()
    {
        var (file, secret, open) = Signed();
        Refused(file, "noise", "base64");
        Refused(file, "bm9pc2U=", "no public key");
        File.WriteAllText(file + ".minisig", "one\ntwo\n");
        Refused(file, open, "other lines");
        File.Delete(file + ".minisig");
        Refused(file, open, "no signature");
        var lines = File.ReadAllLines(secret);
        var bytes = Convert.FromBase64String(lines[1]);
        bytes[70] ^= 1;
        File.WriteAllLines(secret, [lines[0], Convert.ToBase64String(bytes)]);
        Assert.Contains("checksum", Assert.Throws<SignatureException>(() => Minisign.Sign(file, secret, Time)).Message, StringComparison.Ordinal);
        bytes[2] = (byte)'S';
        File.WriteAllLines(secret, [lines[0], Convert.ToBase64String(bytes)]);
        Assert.Contains("password", Assert.Throws<SignatureException>(() => Minisign.Sign(file, secret, Time)).Message, StringComparison.Ordinal);
    }

    [MinisignFact]
    public void Minisign_itself_agrees_both_ways()
    {
        var (file, _, open) = Signed();
        Assert.Equal(0, Run("-V", "-m", file, "-p", open));
        File.Delete(file + ".minisig");
        Assert.Equal(0, Run("-S", "-W", "-m", file, "-s", _folder.File("a.key")));
        Assert.Contains("timestamp:", Minisign.Verify(file, open), StringComparison.Ordinal);
    }

    private (string File, string Secret, string Public) Signed()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), [1, 2, 3, 4]);
        Minisign.CreateKeys(_folder.File("a.key"), _folder.File("a.pub"));
        Assert.Equal(_folder.File("model.onnx.minisig"), Minisign.Sign(_folder.File("model.onnx"), _folder.File("a.key"), Time));
        return (_folder.File("model.onnx"), _folder.File("a.key"), _folder.File("a.pub"));
    }

    private static void Refused(string file, string key, string reason) =>
        Assert.Contains(reason, Assert.Throws<SignatureException>(() => Minisign.Verify(file, key)).Message, StringComparison.Ordinal);

    private static int Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("minisign", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private sealed class SodiumFactAttribute : FactAttribute
    {
        public SodiumFactAttribute() => Skip = Minisign.Available ? null : "needs libsodium";
    }

    private sealed class MinisignFactAttribute : FactAttribute
    {
        public MinisignFactAttribute() => Skip = Minisign.Available && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "minisign"))) ? null : "needs libsodium and the program minisign";
    }
}
