using System.CommandLine;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Recipes.Binding;
using Option = System.CommandLine.Option;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The options of "quantize" that say how: those of a recipe's section of that name. One that the method does not have is an error.</summary>
internal sealed class QuantizeArguments
{
    private const string Static = "static";
    private const string Dynamic = "dynamic";
    private const string WeightOnly = "weight-only";
    private const string Float16 = "float16";

    private static readonly string[] Methods = [.. Unions.Of(typeof(QuantizeOptions))!.Names];

    private readonly Option<string> _method = new("--method") { Description = $"How: {string.Join(", ", Methods)}.", HelpName = "NAME", DefaultValueFactory = _ => Static };
    private readonly Option<string?> _float = new("--float") { Description = "Nodes that stay in float32, by name; * stands for any characters.", HelpName = "NODE,..." };
    private readonly Option<double?> _maxDrop = new("--max-drop") { Description = "Points of accuracy that may be lost on samples with answers; the most harmful nodes stay in float32 until it holds, and exit code 1 says that it never did.", HelpName = "POINTS" };
    private readonly Option<string?> _calibration = new("--calibration") { Description = $"{Static}: how ranges are found: {ListOption.Valid<CalibrationMethod>()}.", HelpName = "NAME" };
    private readonly Option<int?> _samples = new("--samples") { Description = $"{Static}: how many samples they are found from at most.", HelpName = "N" };
    private readonly Option<int?> _bins = new("--bins") { Description = $"{Static}: bins of a histogram on each side of zero.", HelpName = "N" };
    private readonly Option<double?> _percentile = new("--percentile") { Description = $"{Static}: share of values inside the range, in percent.", HelpName = "P" };
    private readonly Option<string?> _activations = new("--activations") { Description = $"{Static}: what activations become: {ListOption.Valid<ActivationType>()}.", HelpName = "TYPE" };
    private readonly Option<bool?> _perChannel = new("--per-channel") { Description = $"{Static}, {Dynamic}: a scale for each channel of a weight; the default, so give false for one a weight." };
    private readonly Option<bool?> _symmetric = new("--symmetric") { Description = $"{Static}, {WeightOnly}: ranges with zero in the middle; of weights the default." };
    private readonly Option<bool?> _reduceRange = new("--reduce-range") { Description = $"{Static}, {Dynamic}: weights of 7 bits, for processors before AVX-512 VNNI." };
    private readonly Option<bool?> _equalize = new("--equalize") { Description = $"{Static}: brings the channels of consecutive layers to like ranges first." };
    private readonly Option<bool?> _correctBias = new("--correct-bias") { Description = $"{Static}: biases take up the mean error." };
    private readonly Option<bool?> _everything = new("--everything") { Description = $"{Static}: the logits and what follows them too." };
    private readonly Option<bool?> _thinInFloat = new("--thin-in-float") { Description = $"{Static}: convolutions of few products stay in float32, which is quicker at them; the default, so give false for integers throughout." };
    private readonly Option<int?> _bits = new("--bits") { Description = $"{WeightOnly}: 4 or 8.", HelpName = "N" };
    private readonly Option<int?> _blockSize = new("--block-size") { Description = $"{WeightOnly}: weights that share a scale: 16, 32, 64 or 128.", HelpName = "N" };
    private readonly Option<string?> _floatOps = new("--float-ops") { Description = $"{Float16}: operators whose nodes stay in float32.", HelpName = "OP,..." };

    /// <summary>The options that not every method has, and the methods that do.</summary>
    private (Option Option, string[] Methods)[] Particular =>
    [
        (_calibration, [Static]), (_samples, [Static]), (_bins, [Static]), (_percentile, [Static]), (_activations, [Static]), (_equalize, [Static]), (_correctBias, [Static]), (_everything, [Static]), (_thinInFloat, [Static]),
        (_perChannel, [Static, Dynamic]), (_reduceRange, [Static, Dynamic]), (_symmetric, [Static, WeightOnly]), (_bits, [WeightOnly]), (_blockSize, [WeightOnly]), (_floatOps, [Float16]),
    ];

    public void AddTo(Command command)
    {
        foreach (var option in Particular.Select(p => p.Option).Prepend(_maxDrop).Prepend(_float).Prepend(_method)) command.Add(option);
    }

    /// <exception cref="UsageException">A name or a number is none that there is, or an option is not the method's.</exception>
    public QuantizeOptions Read(ParseResult line)
    {
        var method = MethodOptions.Read(line, _method, Methods, Particular);
        if (line.GetValue(_maxDrop) is { } drop && !(drop >= 0)) throw new UsageException($"--max-drop is {drop}; expected points of accuracy, from 0.");

        QuantizeOptions options = method switch
        {
            Static => ReadStatic(line),
            Dynamic => new DynamicQuantizeOptions { PerChannel = line.GetValue(_perChannel) ?? true, ReduceRange = line.GetValue(_reduceRange) ?? false },
            WeightOnly => ReadWeightOnly(line),
            Float16 => line.GetValue(_floatOps) is { } ops ? new Float16QuantizeOptions { FloatOps = ListOption.Of(ops) } : new Float16QuantizeOptions(),
            _ => new BFloat16QuantizeOptions(),
        };
        options = options with { Float = ListOption.Of(line.GetValue(_float)), MaxDrop = line.GetValue(_maxDrop) };
        return options.Validate().ToArray() is { Length: > 0 } faults ? throw new UsageException(string.Join(" ", faults.Select(f => $"{f.Option}: {f.Problem}"))) : options;
    }

    private StaticQuantizeOptions ReadStatic(ParseResult line)
    {
        var unset = new StaticQuantizeOptions();
        return new StaticQuantizeOptions
        {
            PerChannel = line.GetValue(_perChannel) ?? unset.PerChannel,
            Activations = ListOption.Chosen(line.GetValue(_activations), "type of activations", unset.Activations),
            Symmetric = line.GetValue(_symmetric) ?? unset.Symmetric,
            ReduceRange = line.GetValue(_reduceRange) ?? unset.ReduceRange,
            Calibration = ListOption.Chosen(line.GetValue(_calibration), "calibration", unset.Calibration),
            CalibrationSamples = line.GetValue(_samples) ?? unset.CalibrationSamples,
            Bins = line.GetValue(_bins) ?? unset.Bins,
            Percentile = line.GetValue(_percentile) ?? unset.Percentile,
            Equalize = line.GetValue(_equalize) ?? unset.Equalize,
            CorrectBias = line.GetValue(_correctBias) ?? unset.CorrectBias,
            Everything = line.GetValue(_everything) ?? unset.Everything,
            ThinInFloat = line.GetValue(_thinInFloat) ?? unset.ThinInFloat,
        };
    }

    private WeightOnlyQuantizeOptions ReadWeightOnly(ParseResult line)
    {
        var unset = new WeightOnlyQuantizeOptions();
        return new WeightOnlyQuantizeOptions { Bits = line.GetValue(_bits) ?? unset.Bits, BlockSize = line.GetValue(_blockSize) ?? unset.BlockSize, Symmetric = line.GetValue(_symmetric) ?? unset.Symmetric };
    }
}
