using System.IO.Compression;
using System.Xml.Linq;

namespace OnnxPipeline.Examples.Tests;

public sealed class LibraryPackageTests : IDisposable
{
    private readonly ExampleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_package_has_all_it_should_and_works_in_another_app()
    {
        var packages = _folder.File("packages");
        await Programs.OutputAsync("dotnet", Repository.Root, "pack", "inference", "-c", "Release", "--nologo", "-v", "quiet", "--artifacts-path", _folder.File("build"), "-o", packages);
        var path = Directory.EnumerateFiles(packages, "OnnxPipeline.Inference.*.nupkg").Single();
        var version = CheckContents(path);

        File.WriteAllText(_folder.File("Directory.Build.props"), "<Project />");
        File.WriteAllText(_folder.File("Directory.Packages.props"), "<Project />");
        File.WriteAllText(_folder.File("app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestorePackagesPath>{_folder.File("restored")}</RestorePackagesPath>
                <RestoreAdditionalProjectSources>{packages};{Repository.LocalFeed}</RestoreAdditionalProjectSources>
                <DefaultItemExcludes>build/**</DefaultItemExcludes>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="OnnxPipeline.Inference" Version="{version}" /></ItemGroup>
            </Project>
            """);
        // The README's first example, of an image that is here.
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "inference", "README.md"));
        var code = readme.Split("```csharp\n")[1].Split("```")[0];
        File.WriteAllText(_folder.File("app.cs"), code.Replace("photos/shoe.png", _folder.Image(255), StringComparison.Ordinal));
        var output = await Programs.OutputAsync("dotnet", _folder.Path, "run", "-c", "Release");
        Assert.Contains("bright", output, StringComparison.Ordinal);
    }

    private static string CheckContents(string path)
    {
        using var package = ZipFile.OpenRead(path);
        var files = package.Entries.Select(e => e.FullName).ToHashSet();
        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/OnnxPipeline.Inference.dll", "lib/net10.0/OnnxPipeline.Inference.xml" }, files);
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(path, ".snupkg"));
        Assert.Contains(symbols.Entries, e => e.FullName == "lib/net10.0/OnnxPipeline.Inference.pdb");

        using var stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var about = XDocument.Load(stream).Root!.Elements().Single();
        XElement Value(string name) => about.Elements().Single(e => e.Name.LocalName == name);
        Assert.Equal(("MIT", "README.md"), (Value("license").Value, Value("readme").Value));
        var dependencies = Value("dependencies").Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value).Order();
        Assert.Equal(["OnnxPipeline.Models.Adapters", "OnnxPipeline.Models.Metadata", "OnnxPipeline.Models.Tables", "OnnxPipeline.Runtime", "System.Numerics.Tensors"], dependencies);
        foreach (var dependency in dependencies.Where(id => id.StartsWith("OnnxPipeline.", StringComparison.Ordinal)))
            Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{dependency}.*.nupkg"));
        return Value("version").Value;
    }
}
