using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export.Verification;

/// <summary>A model in ONNX Runtime: samples in, one vector of floats a sample out.</summary>
internal sealed class ModelRunner : IDisposable
{
    private readonly InferenceSession _session;

    // A refused input is the caller's exception; ONNX Runtime need not print it as well.
    private readonly RunOptions _options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Takes over the session.</summary>
    public ModelRunner(InferenceSession session)
    {
        _session = session;
        Metadata = DeployMetadata.FromEntries(session.ModelMetadata.CustomMetadataMap);
        Image = ImageShape.Of(session, Metadata);
    }

    /// <summary>Opens a model with the operators that it needs.</summary>
    public static ModelRunner Open(Model model, SessionSettings settings) => new(SessionFactory.Create(model.ToBytes(), Needed(model, settings)));

    /// <inheritdoc cref="Open(Model, SessionSettings)"/>
    public static ModelRunner Open(string path, SessionSettings settings) => new(SessionFactory.Create(path, Needed(Model.Load(path), settings)));

    /// <summary>What the model says of itself; null for one that is not deployed.</summary>
    public DeployMetadata? Metadata { get; }

    /// <summary>The image that the model takes; null for anything else.</summary>
    public ImageInput? Image { get; }

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>The only batch size that the model takes, or null when it takes any.</summary>
    public int? FixedBatch => TakesFiles ? 1 : _session.InputMetadata.Values.First().Dimensions is [> 0 and var batch, ..] ? batch : null;

    /// <summary>Whether the model decodes its images itself, one file a run.</summary>
    public bool TakesFiles => Image?.Layout == ImageLayout.Encoded;

    /// <summary>What a sample of the model's only input is, with how its elements are typed; null where it has several.</summary>
    public string? OnlyInput => Image is { } image ? $"{_session.InputMetadata.Values.First().ElementDataType}[{image.Channels},{image.Height},{image.Width}]"
        : _session.InputMetadata.Count == 1 && _session.InputMetadata.Values.First() is { IsTensor: true } input ? $"{input.ElementDataType}[{string.Join(",", input.Dimensions[1..])}]" : null;

    /// <summary>
    /// The output for some samples, [count, width] row by row. A model of a fixed batch runs several times, its last batch filled up
    /// with blank samples.
    /// </summary>
    /// <exception cref="ExportException">The output has another shape or type, or the inputs are others.</exception>
    public float[] Run(SampleBatch samples, string output)
    {
        if (TakesFiles) return RunFiles(samples, output);
        if (FixedBatch is not { } batch || batch == samples.Count) return RunBatch(samples, output);
        var results = new List<float>();
        for (var start = 0; start < samples.Count; start += batch)
        {
            var size = Math.Min(batch, samples.Count - start);
            var rows = RunBatch(samples.Slice(start, size, batch), output);
            results.AddRange(rows.AsSpan(0, rows.Length / batch * size));
        }
        return [.. results];
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static SessionSettings Needed(Model model, SessionSettings settings) => model.Opsets.ContainsKey(Domains.Extensions) ? settings with { Extensions = true } : settings;

    /// <summary>The samples, ready to be run again and again; null where the model takes no batch of this size.</summary>
    /// <exception cref="ExportException">The inputs are others.</exception>
    public PreparedBatch? Prepare(SampleBatch samples)
    {
        if (FixedBatch is { } only && only != samples.Count) return null;
        if (TakesFiles) return new PreparedBatch(_session, _options, [.. _session.InputNames], [.. Files(samples).Select(file => OrtValue.CreateTensorValueFromMemory(file, [file.Length]))]);
        return new PreparedBatch(_session, _options, Names(samples), Values(samples));
    }

    private float[] RunFiles(SampleBatch samples, string output)
    {
        var results = new List<float>();
        foreach (var file in Files(samples))
        {
            using var value = OrtValue.CreateTensorValueFromMemory(file, [file.Length]);
            results.AddRange(RunOnce([.. _session.InputNames], [value], 1, output));
        }
        return [.. results];
    }

    /// <summary>The samples as inputs of this model, named and shaped.</summary>
    public IReadOnlyList<SampleInput> Inputs(SampleBatch samples) => [.. samples.Inputs.Select(input => Shaped(input, samples.Count)).Select(input => input with { Name = input.Name ?? _session.InputNames[0] })];

    private IEnumerable<byte[]> Files(SampleBatch samples)
    {
        if (samples.Inputs is not [{ Values: byte[] pixels } input]) throw new ExportException("The model takes images, but the samples are none.");
        CheckSize(pixels.Length, samples.Count);
        return PixelLayout.Encode(pixels, Image!, input.Layout);
    }

    private string[] Names(SampleBatch samples)
    {
        string[] names = samples.Inputs is [{ Name: null }] ? [.. _session.InputNames] : [.. samples.Inputs.Select(i => i.Name!)];
        return names.Order().SequenceEqual(_session.InputNames.Order())
            ? names
            : throw new ExportException($"The model takes the inputs {string.Join(", ", _session.InputNames)}, but the samples are {string.Join(", ", names)}.");
    }

    private OrtValue[] Values(SampleBatch samples) => [.. samples.Inputs.Select(i => Shaped(i, samples.Count).ToOrtValue(samples.Count))];

    private SampleInput Shaped(SampleInput input, int count)
    {
        if (input.Name is not null || Image is not { } image) return input;
        CheckSize(input.Values.Length, count);
        return PixelLayout.Fit(input, image);
    }

    private void CheckSize(int bytes, int count)
    {
        if (bytes != (long)count * ImageShape.Bytes(Image!)) throw new ExportException($"The model takes images of [{string.Join(",", ImageShape.Of(Image!))}], but the samples have {(count == 0 ? bytes : bytes / count)} bytes each.");
    }

    private float[] RunBatch(SampleBatch samples, string output)
    {
        var names = Names(samples);
        var values = Values(samples);
        try
        {
            return RunOnce(names, values, samples.Count, output);
        }
        finally
        {
            foreach (var value in values) value.Dispose();
        }
    }

    private float[] RunOnce(string[] names, OrtValue[] values, int count, string output)
    {
        using var results = _session.Run(_options, names, values, [output]);
        if (!results[0].IsTensor) throw new ExportException($"The output '{output}' is no tensor; expected Float of shape [{count}, classes].");
        var info = results[0].GetTensorTypeAndShape();
        if (info.ElementDataType != TensorElementType.Float || info.Shape is not [var rows, > 0] || rows != count)
            throw new ExportException($"The output '{output}' for {count} samples is {info.ElementDataType} of shape [{string.Join(",", info.Shape)}]; expected Float of shape [{count}, classes].");
        return count == 0 ? [] : results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
