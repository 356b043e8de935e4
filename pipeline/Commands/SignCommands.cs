using System.CommandLine;
using OnnxPipeline.Export.Signing;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"sign" and "verify-signature": Ed25519 signatures in the format of minisign.</summary>
internal static class SignCommands
{
    public static Command CreateSign(CliServices services)
    {
        var files = Files(services, "Files to sign, for example a model and its provenance.");
        var key = new Option<string>("--key") { Description = "The secret key's file; the public one is called the same, with .pub.", HelpName = "FILE", Required = true };
        var create = new Option<bool>("--create") { Description = "Make the pair of keys first. The secret one gets no password: keep the file safe." };
        var command = new Command("sign", "Sign files, each with FILE.minisig beside it.") { files, key, create };
        command.SetAction(line =>
        {
            var secret = Path.GetFullPath(line.GetRequiredValue(key), services.Folder);
            if (line.GetValue(create))
            {
                Minisign.CreateKeys(secret, Path.ChangeExtension(secret, ".pub"));
                services.Error.WriteLine($"made {secret} and {Path.ChangeExtension(secret, ".pub")}");
            }
            if (!File.Exists(secret)) throw new UsageException($"There is no key '{line.GetRequiredValue(key)}'. Make it with --create.");
            foreach (var file in line.GetRequiredValue(files)) services.Out.WriteLine(Minisign.Sign(Path.GetFullPath(file, services.Folder), secret, services.Time.GetUtcNow()));
        });
        return command;
    }

    public static Command CreateVerify(CliServices services)
    {
        var files = Files(services, "Files with their FILE.minisig beside them.");
        var key = new Option<string>("--key") { Description = "The public key's file, or the key itself.", HelpName = "FILE|KEY", Required = true };
        var command = new Command("verify-signature", "Check the signatures of files; exit code 1 if one is not right.") { files, key };
        command.SetAction(line =>
        {
            var given = line.GetRequiredValue(key);
            var path = Path.Combine(services.Folder, given);
            foreach (var file in line.GetRequiredValue(files))
                services.Out.WriteLine($"{file}: signed, {Minisign.Verify(Path.GetFullPath(file, services.Folder), File.Exists(path) ? path : given).Replace('\t', ' ')}");
        });
        return command;
    }

    private static Argument<string[]> Files(CliServices services, string description)
    {
        var files = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore }.RefusingOptions();
        files.Validators.Add(result =>
        {
            foreach (var file in result.GetRequiredValue(files).Where(file => !File.Exists(Path.Combine(services.Folder, file)))) result.AddError($"There is no file '{file}'.");
        });
        return files;
    }
}
