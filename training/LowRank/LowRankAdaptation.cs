using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.LowRank;

/// <summary>
/// A model with low-rank changes beside some of its weights, to be trained by any engine; what was trained is then merged into the
/// weights, or taken as an adapter for the same model with inputs in the changes' places.
/// </summary>
public sealed class LowRankAdaptation
{
    private readonly Model _base;
    private readonly LoraOptions _options;
    private readonly HashSet<string> _trainAlso;
    private readonly IReadOnlyList<string> _freeze;

    private LowRankAdaptation(Model model, LoraOptions options, ulong seed)
    {
        (_base, _options) = (model, options);
        _trainAlso = [.. Trainables.Of(model.Graph).Select(w => w.Name).Where(name => NameGlob.AnyMatches(options.TrainAlso, name))];
        Fingerprint = BaseFingerprint.Of(model, _trainAlso);
        Model = model.Clone();
        CheckNormalization(Model.Graph);
        var sites = LowRankSites.Find(Model.Graph, options, out var declined);
        Adapted = [.. sites.Select(s => s.Weight.Name)];
        Declined = declined;
        // As loralib draws A: Kaiming's uniform scheme with a slope of √5, ±1/√inputs.
        var weights = new WeightInitializer(Initialization.PyTorch, Activation.None, seed);
        foreach (var site in sites)
        {
            LowRankGraph.Insert(Model, site, Scale, options.Dropout);
            Model.Graph.Initializers.Add(weights.Weight(site.A, site.DimsOfA(options.Rank), site.Inputs, options.Rank));
            Model.Graph.Initializers.Add(Initializer.Zeros(site.B, ElementType.Float, site.DimsOfB(options.Rank)));
        }
        var trained = sites.SelectMany(s => new[] { s.A, s.B }).Concat(_trainAlso).ToHashSet();
        Parameters = Model.Graph.Initializers.Where(t => trained.Contains(t.Name)).Sum(t => t.ElementCount);
        _freeze = [.. Trainables.Of(Model.Graph).Select(w => w.Name).Where(name => !trained.Contains(name)).Select(NameGlob.Escape)];
    }

    /// <summary>The model to train: at first it gives the base's answers.</summary>
    public Model Model { get; }

    /// <summary>Names of the weights that have a change.</summary>
    public IReadOnlyList<string> Adapted { get; }

    /// <summary>How many numbers are trained.</summary>
    public long Parameters { get; }

    /// <summary>Matrices and kernels that a pattern takes in but that have none, each with the reason.</summary>
    public IReadOnlyList<string> Declined { get; }

    /// <summary>SHA-256 of what stays as it is, weights and nodes, in hexadecimal: an adapter belongs to it.</summary>
    public string Fingerprint { get; }

    private double Scale => _options.Alpha / _options.Rank;

    /// <param name="model">The base; it is left as it is.</param>
    /// <param name="options">What is adapted, and how.</param>
    /// <param name="seed">Keys the first values of the changes, together with their names.</param>
    /// <exception cref="TrainingException">A pattern matches nothing, nothing can be adapted, or a parameter of batch normalisation is to be trained.</exception>
    public static LowRankAdaptation Of(Model model, LoraOptions options, ulong seed) => new(model, options, seed);

    /// <summary>How <see cref="Model"/> is trained: the changes alone, and what else is to be.</summary>
    public TrainOptions Options(TrainOptions train) => train with { Lora = null, FineTune = null, Freeze = _freeze };

    /// <summary>The base's own graph with the trained changes added to its weights: W + alpha/rank · B·A.</summary>
    /// <param name="trained"><see cref="Model"/> with trained weights.</param>
    public Model Merge(Model trained)
    {
        var merged = _base.Clone();
        var values = trained.Graph.Initializers;
        foreach (var site in LowRankSites.Find(merged.Graph, _options, out _)) site.Add(values[site.A].Span<float>(), values[site.B].Span<float>(), Scale);
        foreach (var name in _trainAlso) values[name].Span<float>().CopyTo(merged.Graph.Initializers[name].Span<float>());
        return merged;
    }

    /// <summary>The trained changes as tensors for the inputs of <see cref="WithSlots"/>; alpha/rank lies in B.</summary>
    /// <param name="trained"><see cref="Model"/> with trained weights.</param>
    public AdapterFile ToAdapter(Model trained)
    {
        var values = trained.Graph.Initializers;
        var tensors = new List<AdapterTensor>();
        foreach (var name in Adapted)
        {
            var (a, b) = (values[LowRankSite.NameOfA(name)], values[LowRankSite.NameOfB(name)].Clone());
            foreach (ref var element in b.Span<float>()) element = (float)(element * Scale);
            tensors.Add(Tensor(a));
            tensors.Add(Tensor(b));
        }
        tensors.AddRange(_trainAlso.Order(StringComparer.Ordinal).Select(name => Tensor(values[name])));
        return new AdapterFile { ModelVersion = AdapterFile.ModelVersionOf(Fingerprint), Tensors = tensors };
    }

    /// <summary>
    /// The base with inputs in the changes' places, which need not be given: without an adapter it gives the base's answers. An adapter's
    /// rank may be another; the parameters that are trained whole are inputs, too.
    /// </summary>
    public Model WithSlots()
    {
        var model = _base.Clone();
        var graph = model.Graph;
        // Nothing else is to be replaced at run time.
        graph.Inputs.RemoveAll(input => graph.Initializers.Contains(input.Name));
        foreach (var site in LowRankSites.Find(graph, _options, out _))
        {
            LowRankGraph.Insert(model, site);
            AddSlot(graph, Initializer.Zeros(site.A, ElementType.Float, site.DimsOfA(_options.Rank)), rankAxis: site.IsConv ? 0 : 1);
            AddSlot(graph, Initializer.Zeros(site.B, ElementType.Float, site.DimsOfB(_options.Rank)), rankAxis: site.IsConv ? 1 : 0);
        }
        foreach (var name in _trainAlso) graph.Inputs.Add(new Value(name, graph.Initializers[name].Type));
        return model;
    }

    /// <summary>A model with the tensors of an adapter as the defaults of its inputs.</summary>
    /// <param name="slots">Of <see cref="WithSlots"/>, or exported from it; it is left as it is.</param>
    /// <param name="adapter">An adapter for it.</param>
    public static Model Fill(Model slots, AdapterFile adapter)
    {
        var filled = slots.Clone();
        foreach (var tensor in adapter.Tensors)
        {
            var initializers = filled.Graph.Initializers;
            initializers[initializers.IndexOf(initializers[tensor.Name])] = Initializer.FromBytes(tensor.Name, (ElementType)tensor.DataType, tensor.Data.Span, tensor.Dims);
        }
        return filled;
    }

    private static void AddSlot(Graph graph, Initializer zeros, int rankAxis)
    {
        graph.Initializers.Add(zeros);
        graph.Inputs.Add(new Value(zeros.Name, zeros.Type with { Shape = zeros.Shape.With(rankAxis, Dimension.Unknown) }));
    }

    private static AdapterTensor Tensor(Initializer tensor) => new(tensor.Name, (int)tensor.ElementType, [.. tensor.Dims], tensor.Bytes);

    private void CheckNormalization(Graph graph)
    {
        var parameters = graph.Nodes.Where(n => n.Is(Ops.BatchNormalization)).SelectMany(n => n.Inputs.Skip(1));
        if (parameters.FirstOrDefault(_trainAlso.Contains) is { } name)
            throw new TrainingException($"train.lora.trainAlso: '{name}' belongs to batch normalisation, which keeps its running statistics and works by them; leave it out.");
    }
}
