using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Adapters;

namespace OnnxPipeline.Inference;

/// <summary>An adapter loaded for a model: runs with its options have its tensors in place of the model's own.</summary>
internal sealed class ModelAdapter : IDisposable
{
    private readonly OrtLoraAdapter _native;

    private ModelAdapter(string name, OrtLoraAdapter native)
    {
        (Name, _native) = (name, native);
        Options = NewOptions();
    }

    public string Name { get; }

    /// <summary>For all runs that cannot be cancelled.</summary>
    public RunOptions Options { get; }

    /// <exception cref="ModelException">The file is no adapter, or one for another model.</exception>
    public static ModelAdapter Open(ModelSession session, string name, string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no adapter file '{path}'.", path);
        try
        {
            var file = AdapterFile.Read(path);
            if (AdapterCheck.WhyNot(file, session) is { } reason) throw new ModelException($"{path}: is no adapter for {session.Source}: {reason}.");
            // ONNX Runtime trusts what it is given: it gets what was checked, written anew.
            return new ModelAdapter(name, OrtLoraAdapter.Create(file.ToBytes(), null));
        }
        catch (Exception exception) when (exception is AdapterFormatException or OnnxRuntimeException)
        {
            throw new ModelException(exception is AdapterFormatException ? exception.Message : $"{path}: ONNX Runtime cannot load this adapter. {exception.Message}", exception);
        }
    }

    /// <summary>The caller's, for a run that can be cancelled.</summary>
    public RunOptions NewOptions()
    {
        var options = ModelSession.QuietRun();
        options.AddActiveLoraAdapter(_native);
        return options;
    }

    public void Dispose()
    {
        Options.Dispose();
        _native.Dispose();
    }
}
