using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OnnxPipeline.Examples.Tests;

public sealed class DotnetExampleTests : IDisposable
{
    private readonly ExampleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_console_app_names_each_images_class()
    {
        var app = Repository.Built("OnnxPipeline.Examples.Console");
        var output = await Programs.OutputAsync("dotnet", _folder.Path, app, _folder.Model, "0.png", "255.png");
        Assert.Equal([$"0.png: dark {_folder.Expected(0).Top.Probability:P1}", $"255.png: bright {_folder.Expected(255).Top.Probability:P1}"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, (await Programs.RunAsync("dotnet", _folder.Path, app)).Code);
    }

    [Fact]
    public async Task The_web_API_answers_an_image_and_refuses_what_is_none()
    {
        using var server = Programs.Start("dotnet", _folder.Path, Repository.Built("OnnxPipeline.Examples.WebApi"), "--urls", "http://127.0.0.1:0", "--model", _folder.Model);
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(server) };
            Assert.Equal(TestModels.Labels, await client.GetFromJsonAsync<string[]>("/labels"));
            using var image = new ByteArrayContent(TestModels.UniformPng(255));
            using var answer = await client.PostAsync("/predict", image);
            var best = (await answer.Content.ReadFromJsonAsync<JsonElement>())[0];
            Assert.Equal("bright", best.GetProperty("label").GetString());
            Assert.Equal(_folder.Expected(255).Top.Probability, best.GetProperty("probability").GetSingle(), 1e-5);
            using var none = new ByteArrayContent([1, 2, 3]);
            using var refused = await client.PostAsync("/predict", none);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("not an image", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    [PackageFact("the native compiler", "runtime.linux-x64.microsoft.dotnet.ilcompiler", "dotnet restore examples/NativeAot -r linux-x64")]
    public async Task The_native_program_gives_the_librarys_answer()
    {
        await Programs.OutputAsync("dotnet", Repository.Root, "publish", "examples/NativeAot", "-c", "Release", "-r", "linux-x64", "--nologo", "-v", "quiet",
            "--artifacts-path", _folder.File("build"), "-o", _folder.File("out"));
        Assert.False(File.Exists(_folder.File("out/classify.dll")), "the program is managed");
        var output = await Programs.OutputAsync(_folder.File("out/classify"), _folder.Path, _folder.Model, _folder.Image(128));
        var expected = _folder.Expected(128).Best(3).Select(best => $"{best.Probability,8:P2}  {best.Label}");
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [PackageFact("ML.NET", "microsoft.ml.onnxtransformer", "dotnet restore examples/MLNet -p:MLNet=true")]
    public async Task The_MLNet_pipeline_gives_the_librarys_answer()
    {
        var output = await Programs.OutputAsync("dotnet", Repository.Root, "run", "--project", "examples/MLNet", "-c", "Release", "-p:MLNet=true", "--artifacts-path", _folder.File("build"),
            "--", _folder.Model, "28", _folder.Image(0), _folder.Image(255));
        Assert.Equal([$"{_folder.Image(0)}: class 0 {_folder.Expected(0).Top.Probability:P1}", $"{_folder.Image(255)}: class 1 {_folder.Expected(255).Top.Probability:P1}"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>What the server says that it listens on.</summary>
    private static async Task<Uri> AddressAsync(Process server)
    {
        const string Announcement = "Now listening on: ";
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var at) return new Uri(line[(at + Announcement.Length)..]);
        }
        throw new InvalidOperationException($"The server ended: {await server.StandardError.ReadToEndAsync()}");
    }
}

/// <summary>A test that builds with a package that not every feed has, skipped where it was never restored.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PackageFactAttribute : FactAttribute
{
    public PackageFactAttribute(string what, string package, string restore) => Skip = Repository.HasPackage(package) ? null : $"needs {what}: {restore}";
}
