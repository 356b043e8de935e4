using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Server;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.OnDevice;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"serve": serves models over HTTP until it is interrupted, which is its normal end.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var models = new Argument<string[]>("MODEL") { Description = "ONNX models.", Arity = ArgumentArity.ZeroOrMore }.RefusingOptions();
        var repository = new Option<string?>("--repository") { Description = "A folder of models laid out as NAME/VERSION/model.onnx, instead of MODELs; all versions are served.", HelpName = "DIR" };
        var rest = new ServeArguments();
        var listen = new Option<string>("--listen") { Description = "Where to listen; port 0 takes any free one.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:8080" };
        var names = new Option<string[]>("--name") { Description = "The models' names in addresses, in the same order; by default their files' names.", HelpName = "NAME" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:n.", HelpName = "DEVICE", DefaultValueFactory = _ => Device.CpuKind };
        var adapters = new Option<string[]>("--adapter") { Description = "An adapter of the one MODEL, which requests choose by its name; a repository has them in NAME/VERSION/adapters.", HelpName = "NAME=FILE" };
        var teach = new Option<string?>("--teach") { Description = "A bundle (export --on-device) of the one MODEL, with which the page trains it in the browser; whoever can open the page can keep its files.", HelpName = "BUNDLE" };
        var command = new Command("serve", "Serve models over HTTP.") { models, repository, listen, names, adapters, device, teach };
        rest.AddTo(command);

        models.Validators.Add(result =>
        {
            foreach (var path in (result.GetValue(models) ?? []).Where(path => !File.Exists(path))) result.AddError($"There is no model file '{path}'.");
        });
        listen.Validators.Add(result =>
        {
            if (ParseEndPoint(result.GetRequiredValue(listen)) is null) result.AddError($"'{result.GetRequiredValue(listen)}' is no address; expected ADDRESS:PORT, for example 127.0.0.1:8080, localhost:8080, 0.0.0.0:8080 or [::1]:8080.");
        });
        device.Validators.Add(result =>
        {
            if (!Device.TryParse(result.GetRequiredValue(device), out _)) result.AddError($"'{result.GetRequiredValue(device)}' is no device; expected cpu, cuda or cuda:n.");
        });
        command.Validators.Add(result =>
        {
            var (given, served) = (result.GetValue(names)?.Length ?? 0, result.GetValue(models)?.Length ?? 0);
            if (served > 0 == result.GetValue(repository) is not null) result.AddError("Give either ONNX models to serve, or --repository.");
            if (result.GetValue(repository) is { } folder && !Directory.Exists(folder)) result.AddError($"There is no folder '{folder}'.");
            if (result.GetValue(adapters) is { Length: > 0 } files) AdapterOption.Validate(files, served, result.AddError);
            if (result.GetValue(teach) is { } bundle)
            {
                if (!Path.Exists(bundle)) result.AddError($"There is no bundle '{bundle}'.");
                if (served != 1) result.AddError($"--teach is for one MODEL, and there are {served}. Beside each model of a repository, on-device.zip is served with --browser-model.");
            }
            if (given > 0 && given != served) result.AddError($"--name is given {given} time(s) for {served} model(s); give one name a model, or none.");
        });

        command.SetAction((line, cancellation) =>
        {
            var paths = line.GetValue(models) ?? [];
            var given = line.GetValue(names) ?? [];
            var options = rest.Read(line) with
            {
                Repository = line.GetValue(repository),
                Models = [.. paths.Select((path, i) => new ServedModelOptions(given.Length > 0 ? given[i] : NameOf(path), path) { Bundle = line.GetValue(teach), Adapters = AdapterOption.Read(line.GetValue(adapters) ?? []) })],
                Listen = ParseEndPoint(line.GetRequiredValue(listen))!,
                Predictor = new PredictorOptions { Device = Device.Parse(line.GetRequiredValue(device)) },
            };
            // One that is damaged is better found out now than on somebody's screen.
            if (line.GetValue(teach) is { } bundle) OnDeviceTrainer.Open(bundle).Dispose();
            if (!IPAddress.IsLoopback(options.Listen.Address) && options.ApiKey is null)
                line.InvocationConfiguration.Error.WriteLine($"Everyone who can reach {options.Listen} may use the models; ask for a key with --api-key-file.");
            return ServeAsync(options, line.InvocationConfiguration.Output, cancellation);
        });
        return command;
    }

    private static async Task<int> ServeAsync(ServerOptions options, TextWriter output, CancellationToken cancellation)
    {
        await using var app = ServerApp.Build(options);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new IOException($"{options.Listen} is in use by another program; choose another address with --listen.", exception);
        }
        var address = app.Urls.First();
        output.WriteLine($"listening on {address}");
        var models = app.Services.GetRequiredService<ServedModels>();
        await models.Ready.WaitAsync(cancellation);
        output.WriteLine($"ready: {string.Join(", ", models.Names)}; open {address} in a browser, or: curl --data-binary @FILE -H 'Content-Type: image/png' (text/csv for a table) {address}/predict");
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    /// <summary>The file's name without extension, whatever cannot stand in an address replaced.</summary>
    private static string NameOf(string path) =>
        string.Concat(Path.GetFileNameWithoutExtension(path).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));

    private static IPEndPoint? ParseEndPoint(string text)
    {
        const string localhost = "localhost:";
        if (text.StartsWith(localhost, StringComparison.OrdinalIgnoreCase)) text = $"{IPAddress.Loopback}:{text[localhost.Length..]}";
        // A bare number would parse as an address, and a bare address as port 0.
        var port = text.LastIndexOf(':');
        return port > 0 && ushort.TryParse(text.AsSpan(port + 1), out _) && IPEndPoint.TryParse(text, out var endPoint) ? endPoint : null;
    }
}
