using System.Security.Cryptography;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"function": an expression as an ONNX model, or a model that was brought along.</summary>
internal sealed class FunctionStage : IStage
{
    public const string StageName = "function";
    public const string FileName = "function.onnx";

    private readonly Model _model;

    /// <exception cref="UsageException">There is no such model.</exception>
    /// <exception cref="ModelFormatException">The model's file is damaged.</exception>
    public FunctionStage(FunctionOptions function)
    {
        if (function.Model is { } path && !File.Exists(path)) throw new UsageException($"function.model: there is no file '{path}'.");
        _model = function.Model is null ? ExpressionParser.Parse(function.Expression!, function.Variables()) : Model.Load(function.Model);
        Options = function.Model is null
            ? new FunctionStageOptions(function.Expression, function.Variables(), null)
            : new FunctionStageOptions(null, null, Convert.ToHexStringLower(SHA256.HashData(_model.ToBytes())));
    }

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [];

    public object Options { get; }

    public IReadOnlyList<ShownFile> Shown => [new(FileName, FileName)];

    public void Run(StageContext context)
    {
        _model.Save(Path.Combine(context.Output, FileName));
        context.Progress.Note($"a function of {string.Join(", ", _model.Graph.RequiredInputs.Select(i => i.Name))} in {_model.Graph.Nodes.Count} nodes");
    }

    private sealed record FunctionStageOptions(string? Expression, IReadOnlyList<string>? Variables, string? ModelHash);
}
