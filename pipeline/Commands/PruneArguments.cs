using System.CommandLine;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Recipes.Binding;
using Option = System.CommandLine.Option;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The options of "prune" that say what is left out: those of a recipe's prune.method. One that the method does not have is an error.</summary>
internal sealed class PruneArguments
{
    private const string Channels = "channels";
    private const string Weights = "weights";
    private const string Pattern = "n-of-m";

    private static readonly string[] Methods = [.. Unions.Of(typeof(PruneMethodOptions))!.Names];

    private readonly Option<string> _method = new("--method") { Description = $"What is left out: {string.Join(", ", Methods)}.", HelpName = "NAME", DefaultValueFactory = _ => Channels };
    private readonly Option<double?> _amount = new("--amount") { Description = $"{Channels}, {Weights}: the share, in [0, 1). [default: 0.5]", HelpName = "SHARE" };
    private readonly Option<string?> _criterion = new("--criterion") { Description = $"{Channels}: what makes a channel important: {ListOption.Valid<ChannelCriterion>()} (L1 and L2 norms, the factor of batch normalisation, first-order change of the loss).", HelpName = "NAME" };
    private readonly Option<string?> _scope = new("--scope") { Description = $"{Channels}, {Weights}: what the share is one of: {ListOption.Valid<PruneScope>()}.", HelpName = "NAME" };
    private readonly Option<int?> _roundTo = new("--round-to") { Description = $"{Channels}: layers keep a multiple of so many.", HelpName = "N" };
    private readonly Option<bool?> _biases = new("--biases") { Description = $"{Weights}: biases too." };
    private readonly Option<int?> _keep = new("--keep") { Description = $"{Pattern}: weights that stay. [default: 2]", HelpName = "N" };
    private readonly Option<int?> _of = new("--of") { Description = $"{Pattern}: out of how many. [default: 4]", HelpName = "M" };
    private readonly Option<string?> _layers = new("--layers") { Description = "Only these layers, by node's or weight's name; * stands for any characters.", HelpName = "NAME,..." };
    private readonly Option<string?> _exclude = new("--exclude") { Description = "Not these.", HelpName = "NAME,..." };

    /// <summary>The options that not every method has, and the methods that do.</summary>
    private (Option Option, string[] Methods)[] Particular =>
        [(_amount, [Channels, Weights]), (_criterion, [Channels]), (_scope, [Channels, Weights]), (_roundTo, [Channels]), (_biases, [Weights]), (_keep, [Pattern]), (_of, [Pattern])];

    public void AddTo(Command command)
    {
        foreach (var option in Particular.Select(p => p.Option).Prepend(_method).Append(_layers).Append(_exclude)) command.Add(option);
    }

    /// <exception cref="UsageException">A name or a number is none that there is, or an option is not the method's.</exception>
    public PruneMethodOptions Read(ParseResult line)
    {
        var method = MethodOptions.Read(line, _method, Methods, Particular);
        if (line.GetValue(_amount) is { } amount && amount is not (>= 0 and < 1)) throw new UsageException($"--amount is {amount}; expected a share in [0, 1), for example 0.5.");
        if (line.GetValue(_roundTo) < 1) throw new UsageException("--round-to must be at least 1.");
        PruneMethodOptions options = method switch
        {
            Channels => ReadChannels(line),
            Weights => ReadWeights(line),
            _ => ReadPattern(line),
        };
        return options with { Layers = ListOption.Of(line.GetValue(_layers)), Exclude = ListOption.Of(line.GetValue(_exclude)) };
    }

    private ChannelPruneOptions ReadChannels(ParseResult line)
    {
        var unset = new ChannelPruneOptions();
        return new ChannelPruneOptions
        {
            Amount = line.GetValue(_amount) ?? unset.Amount,
            Criterion = ListOption.Chosen(line.GetValue(_criterion), "criterion", unset.Criterion),
            Scope = ListOption.Chosen(line.GetValue(_scope), "scope", unset.Scope),
            RoundTo = line.GetValue(_roundTo) ?? unset.RoundTo,
        };
    }

    private WeightPruneOptions ReadWeights(ParseResult line)
    {
        var unset = new WeightPruneOptions();
        return new WeightPruneOptions { Amount = line.GetValue(_amount) ?? unset.Amount, Scope = ListOption.Chosen(line.GetValue(_scope), "scope", unset.Scope), Biases = line.GetValue(_biases) ?? unset.Biases };
    }

    private PatternPruneOptions ReadPattern(ParseResult line)
    {
        var unset = new PatternPruneOptions();
        var options = new PatternPruneOptions { Keep = line.GetValue(_keep) ?? unset.Keep, Of = line.GetValue(_of) ?? unset.Of };
        return options.Keep >= 1 && options.Keep < options.Of ? options : throw new UsageException($"--keep is {options.Keep} and --of {options.Of}; expected 1 ≤ keep < of.");
    }
}
