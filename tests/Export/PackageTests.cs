using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using OnnxPipeline.Export.Packaging;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests;

public sealed class PackageTests : IDisposable
{
    private static readonly ExportSettings Settings = new() { Labels = ["ant", "be\"e\n", "cät", "dog"], Dataset = "small animals" };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_has_the_model_byte_by_byte_its_labels_and_what_lies_beside_it()
    {
        var model = Save(Settings);
        File.WriteAllText(_folder.File("MODEL_CARD.md"), "# Card");
        var files = Package(model, PackageKind.Folder);
        Assert.Equal(["MODEL_CARD.md", "README.md", "labels.json", "model.onnx"], files);
        Assert.Equal(File.ReadAllBytes(model), File.ReadAllBytes(Out("model.onnx")));
        Assert.Equal(Settings.Labels, JsonSerializer.Deserialize<string[]>(File.ReadAllText(Out("labels.json"))));
        Assert.StartsWith("# small-animals", File.ReadAllText(Out("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Triton_repository_describes_every_input_and_output_without_the_batch()
    {
        var files = Package(Save(Settings with { TopK = 2, Label = true }), PackageKind.Triton, name: "animals");
        Assert.Contains("animals/1/model.onnx", files);
        Assert.Contains("animals/labels.txt", files);
        var config = File.ReadAllText(Out("animals/config.pbtxt"));
        foreach (var line in (string[])[
            "name: \"animals\"", "platform: \"onnxruntime_onnx\"", "max_batch_size: 64", "dynamic_batching",
            "input {\n  name: \"image\"\n  data_type: TYPE_UINT8\n  dims: [ 3, 8, 8 ]\n}",
            "output {\n  name: \"probabilities\"\n  data_type: TYPE_FP32\n  dims: [ 4 ]\n  label_filename: \"labels.txt\"\n}",
            "output {\n  name: \"label\"\n  data_type: TYPE_STRING\n  dims: [ 1 ]\n  reshape { shape: [ ] }\n}",
            "output {\n  name: \"top_classes\"\n  data_type: TYPE_INT64\n  dims: [ 2 ]\n}"])
            Assert.Contains(line, config, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(Out("animals/labels.txt")).Length);
    }

    [Fact]
    public void A_Triton_model_that_decodes_files_takes_one_at_a_time_and_names_the_library()
    {
        Package(Save(Settings with { Input = ImageLayout.Encoded }), PackageKind.Triton);
        var config = File.ReadAllText(Out("small-animals/config.pbtxt"));
        Assert.Contains("max_batch_size: 0", config, StringComparison.Ordinal);
        Assert.Contains("dims: [ -1 ]", config, StringComparison.Ordinal);
        Assert.Contains("dims: [ 1, 4 ]", config, StringComparison.Ordinal);
        Assert.Contains("libortextensions.so", config, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PackageKind.Ort, "model.ort")]
    [InlineData(PackageKind.Optimized, "model.optimized.onnx")]
    public void What_ONNX_Runtime_saves_runs_and_still_says_what_it_is(PackageKind kind, string file)
    {
        var model = Save(Settings);
        Assert.Contains(file, Package(model, kind));
        using var original = SessionFactory.Create(model, new SessionSettings());
        using var saved = SessionFactory.Create(Out(file), new SessionSettings());
        Assert.Equal(DeployMetadata.FromEntries(original.ModelMetadata.CustomMetadataMap)!.Labels, DeployMetadata.FromEntries(saved.ModelMetadata.CustomMetadataMap)!.Labels);
        if (kind == PackageKind.Optimized) Assert.Contains("bound to", File.ReadAllText(Out("README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_browser_package_holds_all_that_the_page_asks_for()
    {
        if (WebRuntime.Package is null)
        {
            Assert.Contains("install.sh", Assert.Throws<PackageException>(() => Package(Save(Settings), PackageKind.Browser)).Message, StringComparison.Ordinal);
            return;
        }
        var files = Package(Save(Settings), PackageKind.Browser);
        Assert.Superset(new HashSet<string> { "index.html", "page.js", "image.js", "pixels.js", "row.js", "page.css", "model.onnx", "model.json", "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm" }, files.ToHashSet());
        using var about = JsonDocument.Parse(File.ReadAllBytes(Out("model.json")));
        Assert.Equal(4, about.RootElement.GetProperty("labels").GetArrayLength());
        Assert.Equal("Chw", about.RootElement.GetProperty("input").GetProperty("layout").GetString());
        Assert.DoesNotContain("http://", File.ReadAllText(Out("index.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_NuGet_package_restores_and_predicts_in_another_project()
    {
        var feed = LocalFeed();
        var model = Save(Settings);
        var files = ModelPackage.Write(model, Out(""), new PackageOptions { Kind = PackageKind.NuGet, NuGetSource = feed, Version = "2.3.4" });
        Assert.Contains("small-animals.Model.2.3.4.nupkg", files);
        using (var package = ZipFile.OpenRead(Out("small-animals.Model.2.3.4.nupkg"))) Assert.Contains(package.Entries, e => e.FullName == "lib/net8.0/small-animals.Model.dll");

        var app = Directory.CreateDirectory(_folder.File("app")).FullName;
        File.WriteAllText(Path.Combine(app, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(app, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestorePackagesPath>{Path.Combine(app, "packages")}</RestorePackagesPath>
                <RestoreAdditionalProjectSources>{Out("")};{feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="small-animals.Model" Version="2.3.4" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(app, "app.cs"), """
            using var model = new OnnxModels.SmallAnimals();
            var pixels = Enumerable.Range(0, 192).Select(i => (byte)(i * 7)).ToArray();
            var answer = model.Predict(pixels);
            Console.Write($"{answer.Index} {answer.Label == OnnxModels.SmallAnimals.Labels[answer.Index]} {answer.Probabilities.Sum():0.00}");
            """);
        var (code, output) = Run("dotnet", app, "run", "-c", "Release");
        Assert.True(code == 0, output);

        var pixels = Enumerable.Range(0, 192).Select(i => (byte)(i * 7)).ToArray();
        var worst = Verifier.Verify(TestClassifier.Cnn(), Model.Load(model), HeldOutSamples.Of(pixels, new int[1])).WorstSample;
        Assert.EndsWith($"{worst.DeployClass} True 1.00", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_taken_is_refused_and_left_as_it_was()
    {
        var model = Save(Settings);
        Directory.CreateDirectory(Out(""));
        File.WriteAllText(Out("mine.txt"), "mine");
        Refused(model, new PackageOptions { Kind = PackageKind.Folder }, "--force");
        Assert.Equal(["mine.txt"], Directory.EnumerateFileSystemEntries(Out("")).Select(Path.GetFileName));
        ModelPackage.Write(model, Out(""), new PackageOptions { Kind = PackageKind.Folder, Force = true });
        Assert.False(File.Exists(Out("mine.txt")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, ".out*"));
    }

    [Fact]
    public void Links_tricks_and_models_that_are_not_ours_are_refused()
    {
        var model = Save(Settings);
        Directory.CreateDirectory(_folder.File("real"));
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("real"));
        Assert.Contains("is a link", Assert.Throws<PackageException>(() => ModelPackage.Write(model, _folder.File("link"), new PackageOptions { Kind = PackageKind.Folder })).Message, StringComparison.Ordinal);
        Refused(model, new PackageOptions { Kind = PackageKind.Triton, Name = "../up" }, "cannot name a model");
        Refused(model, new PackageOptions { Kind = PackageKind.NuGet, Version = "1.0;x" }, "no version");
        Refused(_folder.File("none.onnx"), new PackageOptions { Kind = PackageKind.Folder }, "no model file");
        TestClassifier.Cnn().Save(_folder.File("foreign.onnx"));
        Refused(_folder.File("foreign.onnx"), new PackageOptions { Kind = PackageKind.Folder }, "no model that this pipeline exported");
        File.WriteAllBytes(_folder.File("noise.onnx"), [1, 2, 3]);
        Refused(_folder.File("noise.onnx"), new PackageOptions { Kind = PackageKind.Folder }, "no ONNX model");
        var encoded = Save(Settings with { Input = ImageLayout.Encoded });
        Refused(encoded, new PackageOptions { Kind = PackageKind.Browser }, "DecodeImage");
        Refused(encoded, new PackageOptions { Kind = PackageKind.NuGet }, "chw or hwc");
        Assert.False(Directory.Exists(Out("")));

        File.CreateSymbolicLink(_folder.File("MODEL_CARD.md"), "/etc/hostname");
        Assert.DoesNotContain("MODEL_CARD.md", Package(model, PackageKind.Folder));
    }

    private void Refused(string model, PackageOptions options, string reason) =>
        Assert.Contains(reason, Assert.Throws<PackageException>(() => ModelPackage.Write(model, Out(""), options)).Message, StringComparison.Ordinal);

    private string Save(ExportSettings settings)
    {
        Exporter.Export(TestClassifier.Cnn(), settings).Model.Save(_folder.File("model.onnx"));
        return _folder.File("model.onnx");
    }

    private IReadOnlyList<string> Package(string model, PackageKind kind, string? name = null) => ModelPackage.Write(model, Out(""), new PackageOptions { Kind = kind, Name = name });

    private string Out(string file) => Path.Combine(_folder.Path, "out", file);

    /// <summary>Where set-up has put ONNX Runtime's packages; null where they come from the feed.</summary>
    private static string? LocalFeed()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Combine(folder, ".deps", "feed") is var feed && Directory.Exists(feed)) return feed;
        }
        return null;
    }

    private static (int Code, string Output) Run(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
