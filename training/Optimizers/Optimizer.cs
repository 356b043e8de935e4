namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// The fused optimizer for weights in CPU memory: one pass over a parameter's weights, gradient and state a step, without a
/// managed allocation. A step's results are the same bits on any machine. Semantics are PyTorch's torch.optim;
/// Lion's are its paper's.
/// </summary>
public sealed class Optimizer : IDisposable
{
    private readonly AlignedMemory _memory;
    private readonly OptimizerState[] _state;
    private readonly Trained[] _trained;
    private readonly MuonUpdate? _muon;

    private Optimizer(OptimizerOptions options, ParameterInfo[] parameters)
    {
        Parameters = parameters;
        _trained = new Trained[parameters.Length];
        var firstSlot = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var (own, parameter) = MuonSplit.Resolve(options, parameters[i]);
            var slots = OptimizerSlots.Of(own);
            _trained[i] = new Trained(own, parameter, slots, firstSlot);
            firstSlot += slots.Count;
        }
        _memory = new AlignedMemory(_trained.Sum(t => AlignedMemory.Padded(t.Parameter.Length) * t.Slots.Count));
        _state = new OptimizerState[firstSlot];
        var offset = 0L;
        foreach (var trained in _trained)
        {
            for (var slot = 0; slot < trained.Slots.Count; slot++)
            {
                _state[trained.FirstSlot + slot] = new OptimizerState(trained.Parameter, trained.Slots[slot], _memory, offset);
                offset += AlignedMemory.Padded(trained.Parameter.Length);
            }
        }
        if (options is MuonOptions muon) _muon = new MuonUpdate(muon, _trained.Where(t => t.Options is MuonOptions).Select(t => t.Parameter));
    }

    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>The state, zero at first: for each parameter in order, its slots in order. Save it, or write into it to resume.</summary>
    public IReadOnlyList<OptimizerState> State => _state;

    /// <exception cref="ArgumentException">An option is out of range, or a parameter's name or length is wrong; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public static Optimizer Create(OptimizerOptions options, IReadOnlyList<ParameterInfo> parameters)
    {
        OptimizerCheck.ThrowIfInvalid(options);
        _ = OptimizerSlots.Of(options);
        var problems = parameters.Where(p => p.Length < 0).Select(p => $"parameter '{p.Name}' has a length of {p.Length}.")
            .Concat(parameters.GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => $"parameter '{g.Key}' is given {g.Count()} times."))
            .ToArray();
        if (problems.Length > 0) throw new ArgumentException($"Optimizer: {string.Join(" ", problems)}", nameof(parameters));
        return new Optimizer(options, [.. parameters]);
    }

    /// <summary>One step of parameter number <paramref name="parameter"/>: changes its weights and its state in place.</summary>
    /// <param name="parameter">An index into <see cref="Parameters"/>.</param>
    /// <param name="weights">The weights, as many as the parameter's length.</param>
    /// <param name="gradient">The loss's gradient with respect to them, before the gradient scale.</param>
    /// <param name="settings">The same for all parameters of a step.</param>
    /// <exception cref="ArgumentException">A length is not the parameter's, or the step is below 1.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer is disposed.</exception>
    public void Update(int parameter, Span<float> weights, ReadOnlySpan<float> gradient, in StepSettings settings)
    {
        var trained = _trained[parameter];
        var info = trained.Parameter;
        if (weights.Length != info.Length || gradient.Length != info.Length)
            throw new ArgumentException($"Optimizer: parameter '{info.Name}' has {info.Length} elements, but {weights.Length} weights and a gradient of {gradient.Length} were given.");
        if (settings.Step < 1)
            throw new ArgumentException($"Optimizer: steps are numbered from 1, but {settings.Step} was given.", nameof(settings));

        var own = settings with { LearningRate = info.RateOf(settings) };
        var decay = DecayTerms.Of(trained.Options, info.DecayBy(trained.Options), own.LearningRate);
        var first = Slot(trained, 0);
        var second = Slot(trained, 1);
        var third = Slot(trained, 2);
        switch (trained.Options)
        {
            case SgdOptions { Momentum: 0 }:
                FusedUpdate.Run(new SgdRule(decay, own), weights, gradient, first, second, third);
                break;
            case SgdOptions sgd:
                FusedUpdate.Run(new MomentumRule(sgd, decay, own), weights, gradient, first, second, third);
                break;
            case AdamOptions adam:
                FusedUpdate.Run(new AdamRule(adam, decay, own), weights, gradient, first, second, third);
                break;
            case AdagradOptions adagrad:
                FusedUpdate.Run(new AdagradRule(adagrad, decay, own), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Centered: false, Momentum: 0 } rmsProp:
                FusedUpdate.Run(new RmsPropRule<No, No>(rmsProp, decay, own), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Centered: false } rmsProp:
                FusedUpdate.Run(new RmsPropRule<No, Yes>(rmsProp, decay, own), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Momentum: 0 } rmsProp:
                FusedUpdate.Run(new RmsPropRule<Yes, No>(rmsProp, decay, own), weights, gradient, first, second, third);
                break;
            case RmsPropOptions rmsProp:
                FusedUpdate.Run(new RmsPropRule<Yes, Yes>(rmsProp, decay, own), weights, gradient, first, second, third);
                break;
            case LionOptions lion:
                FusedUpdate.Run(new LionRule(lion, decay, own), weights, gradient, first, second, third);
                break;
            case MuonOptions:
                _muon!.Run(info, decay, own, weights, gradient, first);
                break;
            default:
                throw OptimizerSlots.Unknown(trained.Options);
        }
        GC.KeepAlive(_memory);
    }

    /// <summary>A parameter's state in slot <paramref name="slot"/>; empty where its optimizer has none.</summary>
    private Span<float> Slot(Trained trained, int slot) => slot < trained.Slots.Count ? _state[trained.FirstSlot + slot].Values : default;

    public void Dispose()
    {
        _muon?.Dispose();
        _memory.Dispose();
    }

    /// <summary>A parameter and what trains it.</summary>
    private sealed record Trained(OptimizerOptions Options, ParameterInfo Parameter, IReadOnlyList<string> Slots, int FirstSlot);
}
