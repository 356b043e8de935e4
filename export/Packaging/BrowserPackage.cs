using System.Text;
using System.Text.Json;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Packaging;

/// <summary>A static page that runs the model in onnxruntime-web: any web server can serve it, and it asks for nothing from elsewhere.</summary>
internal sealed class BrowserPackage : IPackageWriter
{
    private const string Prefix = "pipeline.";
    private static readonly string[] Page = ["index.html", "page.css", "page.js", "image.js", "pixels.js", "row.js"];

    public string Write(PackageSource source, string folder)
    {
        if (source.TakesFiles) throw new PackageException("The model decodes image files itself, and onnxruntime-web has no DecodeImage. Export it with export.input: chw or hwc; the page decodes images in the browser.");
        if (WebRuntime.Package is not { } runtime) throw new PackageException("This build has no onnxruntime-web, on which the page runs the model. Run export/SecondRuntime/install.sh (it needs npm) and build again.");
        source.CopyModel(Path.Combine(folder, "model.onnx"));
        foreach (var file in Page) File.WriteAllText(Path.Combine(folder, file), Resource(file));
        foreach (var file in WebRuntime.Files) File.Copy(Path.Combine(WebRuntime.Folder, file), Path.Combine(folder, file));
        File.WriteAllBytes(Path.Combine(folder, "model.json"), About(source));
        source.CopyCompanions(folder);
        return $"A static page: serve this folder with any web server, for example `npx http-server`, and open `index.html`. It works without a network; opened as a file it does not, since browsers then refuse to load the model. Runtime: {runtime}, WebAssembly, one thread.";
    }

    /// <summary>What the page must know: the model's own metadata, and its name.</summary>
    private static byte[] About(PackageSource source)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("description", source.Model.Description);
            foreach (var (key, value) in source.Metadata.ToEntries())
            {
                json.WritePropertyName(key[Prefix.Length..]);
                json.WriteRawValue(value);
            }
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(BrowserPackage).Assembly.GetManifestResourceStream($"Browser/{name}")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
