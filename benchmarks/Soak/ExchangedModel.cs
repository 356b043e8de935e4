using OnnxPipeline.Benchmarks.Load;
using OnnxPipeline.Benchmarks.Subjects;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>A repository of one model, which is exchanged for another again and again; the two differ in the names of their classes, so that it shows which one answers.</summary>
internal sealed class ExchangedModel : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly (string Label, byte[] Model)[] _models = [Named('a'), Named('A')];
    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-pipeline-soak-").FullName;

    public ExchangedModel()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        Put();
    }

    public string Repository => Path.Combine(_folder, "repository");

    /// <summary>How often it was exchanged, and the other seen to answer.</summary>
    public int Reloads { get; private set; }

    private string File => Path.Combine(Repository, ServerProcess.Model, "1", "model.onnx");

    public void Run(Uri server, TimeSpan interval, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = server };
        while (!stop.WaitHandle.WaitOne(interval))
        {
            Reloads++;
            Put();
            var patience = DateTime.UtcNow + Patience;
            while (!Answers(client) && !stop.IsCancellationRequested)
            {
                if (DateTime.UtcNow > patience) throw new TimeoutException($"The model was exchanged {Patience.TotalSeconds} s ago, and the server still answers with the one before.");
                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Written beside its place and moved there, as one should: the server never sees half of it.</summary>
    private void Put()
    {
        var written = Path.Combine(_folder, "next.onnx");
        System.IO.File.WriteAllBytes(written, _models[Reloads % _models.Length].Model);
        System.IO.File.Move(written, File, overwrite: true);
    }

    /// <summary>Whether the model that was put there last is the one that answers.</summary>
    private bool Answers(HttpClient client)
    {
        using var image = new ByteArrayContent(PngEncoder.Encode(new Image(SmallCnn.Side, SmallCnn.Side, 1, SmallCnn.Pixels(1))));
        using var response = client.PostAsync("/predict", image).GetAwaiter().GetResult();
        return response.EnsureSuccessStatusCode().Content.ReadAsStringAsync().GetAwaiter().GetResult().Contains($"\"{_models[Reloads % _models.Length].Label}\":", StringComparison.Ordinal);
    }

    private static (string Label, byte[] Model) Named(char first)
    {
        string[] labels = [.. Enumerable.Range(0, SmallCnn.Classes).Select(c => $"{(char)(first + c)}")];
        return (labels[0], Exporter.Export(SmallCnn.Network(), new ExportSettings { Labels = labels }).Model.ToBytes());
    }
}
