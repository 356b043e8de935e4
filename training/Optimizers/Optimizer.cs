namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// The fused optimizer for weights in CPU memory: one pass over a parameter's weights, gradient and state a step, without a
/// managed allocation. A step's results are the same bits on any machine. Semantics are PyTorch's torch.optim;
/// Lion's are its paper's.
/// </summary>
public sealed class Optimizer : IDisposable
{
    private readonly OptimizerOptions _options;
    private readonly AlignedMemory _memory;
    private readonly int _slots;
    private readonly OptimizerState[] _state;
    private readonly ParameterInfo[] _parameters;

    private Optimizer(OptimizerOptions options, ParameterInfo[] parameters)
    {
        var slots = OptimizerSlots.Of(options);
        _options = options;
        _parameters = parameters;
        _slots = slots.Count;
        _memory = new AlignedMemory(parameters.Sum(p => AlignedMemory.Padded(p.Length) * _slots));
        _state = new OptimizerState[parameters.Length * _slots];
        var offset = 0L;
        for (var i = 0; i < _state.Length; i++)
        {
            var parameter = parameters[i / _slots];
            _state[i] = new OptimizerState(parameter, slots[i % _slots], _memory, offset);
            offset += AlignedMemory.Padded(parameter.Length);
        }
    }

    public IReadOnlyList<ParameterInfo> Parameters => _parameters;

    /// <summary>The state, zero at first: for each parameter in order, its slots in order. Save it, or write into it to resume.</summary>
    public IReadOnlyList<OptimizerState> State => _state;

    /// <exception cref="ArgumentException">An option is out of range, or a parameter's name or length is wrong; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public static Optimizer Create(OptimizerOptions options, IReadOnlyList<ParameterInfo> parameters)
    {
        OptimizerCheck.ThrowIfInvalid(options);
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
        var info = _parameters[parameter];
        if (weights.Length != info.Length || gradient.Length != info.Length)
            throw new ArgumentException($"Optimizer: parameter '{info.Name}' has {info.Length} elements, but {weights.Length} weights and a gradient of {gradient.Length} were given.");
        if (settings.Step < 1)
            throw new ArgumentException($"Optimizer: steps are numbered from 1, but {settings.Step} was given.", nameof(settings));

        var first = Slot(parameter, 0);
        var second = Slot(parameter, 1);
        var third = Slot(parameter, 2);
        switch (_options)
        {
            case SgdOptions { Momentum: 0 } sgd:
                FusedUpdate.Run(new SgdRule(sgd, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case SgdOptions sgd:
                FusedUpdate.Run(new MomentumRule(sgd, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case AdamOptions adam:
                FusedUpdate.Run(new AdamRule(adam, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case AdagradOptions adagrad:
                FusedUpdate.Run(new AdagradRule(adagrad, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Centered: false, Momentum: 0 } rmsProp:
                FusedUpdate.Run(new RmsPropRule<No, No>(rmsProp, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Centered: false } rmsProp:
                FusedUpdate.Run(new RmsPropRule<No, Yes>(rmsProp, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case RmsPropOptions { Momentum: 0 } rmsProp:
                FusedUpdate.Run(new RmsPropRule<Yes, No>(rmsProp, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case RmsPropOptions rmsProp:
                FusedUpdate.Run(new RmsPropRule<Yes, Yes>(rmsProp, info.Decays, settings), weights, gradient, first, second, third);
                break;
            case LionOptions lion:
                FusedUpdate.Run(new LionRule(lion, info.Decays, settings), weights, gradient, first, second, third);
                break;
            default:
                throw OptimizerSlots.Unknown(_options);
        }
        GC.KeepAlive(_memory);
    }

    /// <summary>A parameter's state in slot <paramref name="slot"/>; empty where the optimizer has none.</summary>
    private Span<float> Slot(int parameter, int slot) => slot < _slots ? _state[parameter * _slots + slot].Values : default;

    public void Dispose() => _memory.Dispose();
}
