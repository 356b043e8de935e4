using System.Security.Cryptography;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Makes the files of a bundle, and the manifest that describes them.</summary>
internal static class BundlePacker
{
    private const string TrainFile = "train_step.onnx";
    private const string AccumulateFile = "accumulate.onnx";
    private const string EvaluateFile = "eval.onnx";
    private const string ModelFile = "model.onnx";
    private const string StateName = "state.safetensors";
    private const string LabelsKey = "pipeline.labels";

    public static Bundle Pack(BundleSource source, BundleOptions options, BundleGraphs graphs, string probabilities)
    {
        var (model, labelsOffset) = Deployed(source, options.SpareClasses);
        var files = new Dictionary<string, byte[]> { [TrainFile] = graphs.Update.Model.ToBytes(), [EvaluateFile] = graphs.Evaluate.ToBytes(), [ModelFile] = model };
        if (graphs.Accumulate is { } accumulate) files[AccumulateFile] = accumulate.ToBytes();
        foreach (var (name, bytes) in files) CheckLoads(name, bytes);
        var id = Sum(Encoding.UTF8.GetBytes(string.Join('\n', files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {Sum(f.Value)}"))));
        var state = State(graphs, InitializerOffsets.Of(model)).ToArray();
        files[StateName] = new StateFile
        {
            Bundle = id,
            Classes = source.Classes,
            ModelTensors = BundleManifest.ModelTensorsOf(state.Select(s => s.Tensor)),
            Tensors = [.. state.Select(s => new StateTensor(s.Tensor.Name, s.Tensor.Type, s.Tensor.Shape, s.Initial.Bytes))],
        }.ToBytes();

        var manifest = new BundleManifest
        {
            Format = BundleManifest.CurrentFormat,
            Id = id,
            Classes = source.Classes,
            SpareClasses = options.SpareClasses,
            Inputs = [.. graphs.Training.Features.Select(Input)],
            Image = source.Metadata?.Input,
            Labels = TrainingGraph.Labels,
            LearningRateInput = StepGraph.LearningRate,
            LearningRate = options.Optimizer.LearningRate,
            Accumulate = options.Accumulate,
            Optimizer = Optimizer(options.Optimizer),
            State = [.. state.Select(s => s.Tensor)],
            Head = source.Head,
            Train = new BundleGraph(TrainFile, StepGraph.Loss, StepGraph.Correct),
            AccumulateGraph = graphs.Accumulate is null ? null : new BundleGraph(AccumulateFile, StepGraph.Loss, StepGraph.Correct),
            Evaluate = new BundleGraph(EvaluateFile, StepGraph.Loss, StepGraph.Correct, probabilities),
            Model = new BundleModel(ModelFile, source.Metadata is null ? null : LabelsKey, labelsOffset),
            InitialState = StateName,
            Files = files.ToDictionary(f => f.Key, f => Sum(f.Value)),
        };
        files[BundleManifest.FileName] = manifest.ToJson();
        return new Bundle(manifest, files);
    }

    /// <summary>The model's file, with its class names as its last entry. Figures measured before are not those of what a device trains.</summary>
    private static (byte[] File, long LabelsOffset) Deployed(BundleSource source, int spareClasses)
    {
        var model = source.Model;
        // Elements that a file keeps in typed fields have no place of their own; reading them moves them to raw data.
        foreach (var tensor in model.Graph.Initializers.Where(t => t.ElementType == ElementType.Float)) _ = tensor.Bytes;
        if (source.Metadata is not { } metadata)
        {
            var plain = model.ToBytes();
            return (plain, plain.Length);
        }
        foreach (var (key, value) in (metadata with { Metrics = new Dictionary<string, double>() }).ToEntries()) model.Metadata[key] = value;
        model.Metadata.Remove(LabelsKey);
        var bytes = model.ToBytes();
        return ([.. bytes, .. LabelsEntry.Of(LabelsKey, BundleManifest.LabelsOf(source.Classes, source.Classes.Count + spareClasses))], bytes.Length);
    }

    private static IEnumerable<(BundleTensor Tensor, Initializer Initial)> State(BundleGraphs graphs, IReadOnlyDictionary<string, long> offsets)
    {
        var weights = graphs.Training.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        string? Output(Model? graph, string name) => graph?.Graph.Output(name) is null ? null : name;
        BundleTensor Tensor(CarriedTensor carried, BundleRole role) => new(
            carried.Input, BundleTypes.Float32, [.. carried.Initial.Dims], role, Output(graphs.Update.Model, carried.Output), Output(graphs.Accumulate, carried.Output),
            role is BundleRole.Weight or BundleRole.Statistic ? offsets[carried.Input] : null);
        foreach (var carried in graphs.Update.Carried)
        {
            var role = weights.Contains(carried.Input) ? BundleRole.Weight
                : carried.DeployedAs is not null ? BundleRole.Statistic
                : carried.StateName is null ? BundleRole.Gradient
                : BundleRole.Optimizer;
            yield return (Tensor(carried, role), carried.Initial);
        }
        foreach (var counter in new[] { StepGraph.Step, StepGraph.Part })
        {
            var next = StepGraph.Next(counter);
            if (Output(graphs.Update.Model, next) is null) continue;
            yield return (new BundleTensor(counter, BundleTypes.Int64, [], BundleRole.Counter, next, Output(graphs.Accumulate, next), null), Initializer.Scalar(counter, 0L));
        }
    }

    private static BundleInput Input(Value input)
    {
        var (element, shape) = input.Type!.Value;
        return new BundleInput(input.Name, BundleSource.TypeOf(element)!, [.. shape!.Skip(1).Select(d => d.Size!.Value)]);
    }

    private static BundleOptimizer Optimizer(OptimizerOptions options)
    {
        var numbers = new Dictionary<string, double> { ["weightDecay"] = options.WeightDecay };
        if (options is AdamOptions adam)
        {
            (numbers["beta1"], numbers["beta2"], numbers["epsilon"]) = (adam.Beta1, adam.Beta2, adam.Epsilon);
            return new BundleOptimizer(adam is AdamWOptions ? "adamw" : "adam", numbers);
        }
        var sgd = (SgdOptions)options;
        (numbers["momentum"], numbers["nesterov"], numbers["decoupledDecay"]) = (sgd.Momentum, sgd.Nesterov ? 1 : 0, sgd.DecoupledDecay ? 1 : 0);
        return new BundleOptimizer("sgd", numbers);
    }

    /// <summary>What ONNX Runtime refuses is found out here, and not on a device.</summary>
    private static void CheckLoads(string name, byte[] graph)
    {
        try
        {
            SessionFactory.Create(graph, new SessionSettings { Threads = 1, Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL }).Dispose();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new TrainingException($"ONNX Runtime does not load the bundle's {name}: {exception.Message}", exception);
        }
    }

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
