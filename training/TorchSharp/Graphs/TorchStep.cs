namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>A node made ready to run: where its inputs lie, where its outputs go, and what nobody reads after it.</summary>
/// <param name="Node">What it is of, for messages.</param>
/// <param name="Function">Computes the outputs.</param>
/// <param name="Inputs">Places of the inputs; −1 for one left out.</param>
/// <param name="Outputs">Places of the outputs; −1 for one that nobody reads.</param>
/// <param name="LastUses">Places whose values can go once this has run.</param>
internal sealed record TorchStep(Node Node, TorchFunctions Function, int[] Inputs, int[] Outputs, int[] LastUses)
{
    private readonly Tensor?[] _arguments = new Tensor?[Inputs.Length];

    public void Run(Tensor?[] values)
    {
        for (var i = 0; i < Inputs.Length; i++) _arguments[i] = Inputs[i] < 0 ? null : values[Inputs[i]];
        var outputs = Function(new Arguments(_arguments));
        for (var i = 0; i < outputs.Length; i++)
        {
            // Every place owns its tensor: an input that came out again is the same memory under another handle.
            var output = IsArgument(outputs[i]) ? outputs[i]!.alias() : outputs[i];
            if (i < Outputs.Length && Outputs[i] >= 0) values[Outputs[i]] = output;
            else output?.Dispose();
        }
        Array.Clear(_arguments);
        foreach (var place in LastUses)
        {
            values[place]?.Dispose();
            values[place] = null;
        }
    }

    /// <summary>By reference: TorchSharp's own equality compares elements.</summary>
    private bool IsArgument(Tensor? output)
    {
        if (output is null) return false;
        foreach (var argument in _arguments)
        {
            if (ReferenceEquals(argument, output)) return true;
        }
        return false;
    }
}
