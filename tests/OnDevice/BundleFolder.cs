using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.OnDevice.Tests;

/// <summary>A bundle on the disk, deleted when disposed.</summary>
internal sealed class BundleFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public BundleFolder(Model model, BundleOptions? options = null)
    {
        Bundle = BundleBuilder.Build(model, options ?? new BundleOptions());
        Bundle.Save(Path);
    }

    public Bundle Bundle { get; }

    public string Path => _folder.File("bundle");

    /// <summary>A file beside the bundle.</summary>
    public string Beside(string name) => _folder.File(name);

    /// <summary>A file of the bundle.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public OnDeviceTrainer Open() => OnDeviceTrainer.Open(Path, new OnDeviceOptions { Threads = 1 });

    /// <summary>A tensor of the trainer's state.</summary>
    public static float[] Tensor(OnDeviceTrainer trainer, string name) => StateFile.Parse(trainer.GetState(), "test").Tensors.Single(t => t.Name == name).Data.Floats();

    public void Dispose() => _folder.Dispose();
}
