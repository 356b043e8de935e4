using System.Diagnostics;
using System.Reflection;
using System.Security;

namespace OnnxPipeline.Export.Packaging;

/// <summary>A NuGet package that holds the model and a class with a typed Predict method; it depends on ONNX Runtime alone. It is built by the .NET SDK.</summary>
internal sealed class NuGetPackage : IPackageWriter
{
    private const int MostOutput = 4000;

    /// <summary>What this build was made with; the package asks for the same.</summary>
    private static readonly string RuntimeVersion = typeof(NuGetPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "OnnxRuntimeVersion").Value!;

    public string Write(PackageSource source, string folder)
    {
        if (source.TakesFiles) throw new PackageException("The model decodes image files itself, and a NuGet package has nothing that keeps damaged files from the decoder, which would end the process. Export it with export.input: chw or hwc.");
        var id = $"{source.Name}.Model";
        var type = Identifier.Of(source.Name);
        var project = Directory.CreateTempSubdirectory("onnx-pipeline-nuget-");
        try
        {
            source.CopyModel(Path.Combine(project.FullName, "model.onnx"));
            // What lies in folders above must not reach in.
            File.WriteAllText(Path.Combine(project.FullName, "Directory.Build.props"), "<Project />");
            File.WriteAllText(Path.Combine(project.FullName, "Directory.Packages.props"), "<Project />");
            File.WriteAllText(Path.Combine(project.FullName, "README.md"), $"# {id}\n\n{Usage(source, type)}\n");
            File.WriteAllText(Path.Combine(project.FullName, $"{type}.cs"), PredictorSource.Of(source, type));
            File.WriteAllText(Path.Combine(project.FullName, $"{id}.csproj"), Project(source, id, type));
            Pack(project.FullName, folder, source.Options.NuGetSource);
        }
        finally
        {
            project.Delete(recursive: true);
        }
        source.CopyCompanions(folder);
        return $"`{id}.{source.Options.Version}.nupkg`: push it to a feed, or add this folder as one (`dotnet nuget add source`).\n\n{Usage(source, type)}";
    }

    private static string Usage(PackageSource source, string type)
    {
        var call = source.Metadata.Input is not null ? "model.Predict(pixels)" : $"model.Predict(new {type}Row {{ … }})";
        return $"    using OnnxModels;\n\n    using var model = new {type}();\n    var answer = {call};\n\nReference one of ONNX Runtime's packages for a GPU too, if it is to run there.";
    }

    private static string Project(PackageSource source, string id, string type) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net8.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <AssemblyName>{id}</AssemblyName>
            <RootNamespace>OnnxModels</RootNamespace>
            <PackageId>{id}</PackageId>
            <Version>{source.Options.Version}</Version>
            <Authors>OnnxPipeline</Authors>
            <Description>{SecurityElement.Escape(source.Model.Description.ReplaceLineEndings(" "))}</Description>
            <PackageReadmeFile>README.md</PackageReadmeFile>
            <GenerateDocumentationFile>true</GenerateDocumentationFile>
            <NoWarn>$(NoWarn);CS1591</NoWarn>
          </PropertyGroup>
          <ItemGroup>
            <EmbeddedResource Include="model.onnx" LogicalName="{type}.onnx" />
            <None Include="README.md" Pack="true" PackagePath="" />
            <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="{RuntimeVersion}" />
          </ItemGroup>
        </Project>
        """;

    private static void Pack(string project, string folder, string? source)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = project, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["pack", "-c", "Release", "-o", folder, "--nologo", "-v", "quiet"]) start.ArgumentList.Add(argument);
        if (source is not null) start.ArgumentList.Add($"-p:RestoreAdditionalProjectSources={Path.GetFullPath(source)}");
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) return;
            var all = $"{output}{error.Result}".Trim();
            throw new PackageException($"'dotnet pack' failed: {(all.Length > MostOutput ? all[^MostOutput..] : all)}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PackageException("A NuGet package is built by the .NET SDK, and 'dotnet' cannot be started. Install it from https://dotnet.microsoft.com/download, or make another kind of package.", exception);
        }
    }
}
