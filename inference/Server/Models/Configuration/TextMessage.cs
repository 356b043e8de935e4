namespace OnnxPipeline.Inference.Server.Models.Configuration;

/// <summary>A message of protobuf's text format, without knowledge of its type: fields by name, in their order.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Fields">Those it has.</param>
internal sealed record TextMessage(int Line, IReadOnlyList<TextField> Fields)
{
    /// <summary>All values of a field; several where it is repeated.</summary>
    public IEnumerable<TextField> All(string name) => Fields.Where(field => field.Name == name);

    /// <summary>The value of a field; null where it is not given.</summary>
    /// <exception cref="FormatException">It is given twice.</exception>
    public TextField? Find(string name) => All(name).ToArray() switch
    {
        [] => null,
        [var one] => one,
        [_, var second, ..] => throw new FormatException($"line {second.Line}: '{name}' is given twice."),
    };
}

/// <summary>A value of a field: a scalar as it is written (text without its quotes), or a message.</summary>
internal sealed record TextField(string Name, int Line, string? Scalar, TextMessage? Message)
{
    /// <exception cref="FormatException">It is no message.</exception>
    public TextMessage AsMessage() => Message ?? throw new FormatException($"line {Line}: '{Name}' must be a message, {Name} {{ … }}, but is '{Scalar}'.");

    /// <exception cref="FormatException">It is no scalar.</exception>
    public string AsText() => Scalar ?? throw new FormatException($"line {Line}: '{Name}' must be a value, {Name}: …, but is a message.");

    /// <exception cref="FormatException">It is no whole number from <paramref name="least"/>.</exception>
    public long AsInteger(long least) => long.TryParse(AsText(), System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least
        ? number
        : throw new FormatException($"line {Line}: '{Name}' must be a whole number from {least}, but is '{Scalar}'.");
}
