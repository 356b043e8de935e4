using System.CommandLine;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Pipeline.Commands.Samples;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>The options of "predict".</summary>
internal sealed class PredictArguments
{
    private static readonly FolderJobOptions Defaults = new();

    private readonly Argument<string> _model = new("MODEL") { Description = "The ONNX model." };
    private readonly Argument<string[]> _paths = new Argument<string[]>("PATH")
    {
        Description = "Images, folders of them with all below, archives (.zip, .tar, .tar.gz), patterns ('photos/**/*.png'), - for a list of paths on stdin; for a model of a table CSV or TSV files with headings, plain or gzipped, - for stdin.",
        Arity = ArgumentArity.ZeroOrMore,
    }.RefusingOptions();

    private readonly Option<string[]> _lists = new("--list") { Description = "A file with a path a line.", HelpName = "FILE" };
    private readonly Option<string?> _pathColumn = new("--path-column") { Description = "The PATHs are CSV or TSV files, and this column of theirs holds the images' paths.", HelpName = "NAME" };
    private readonly Option<bool> _json = new("--json") { Description = "Write JSON Lines: one object a row; the default where --out names a .jsonl or .ndjson file." };
    private readonly Option<bool> _csv = new("--csv") { Description = "Write CSV; the default where --out names a .csv file." };
    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "Columns of --csv or --json: path, label, probability, label2, probability2 ..., probability.CLASS, probabilities (JSON), moved, error, input.NAME for a column of the table that names the images; for a regression row, value, error.",
        HelpName = "NAME,...",
    };

    private readonly Option<int> _top = new("--top") { Description = "Classes a row, best first.", HelpName = "K", DefaultValueFactory = _ => Defaults.Top };
    private readonly Option<int?> _batch = new("--batch") { Description = $"Images or rows a model run (by default {Defaults.Folder.BatchSize} images, {CsvPredictor.DefaultBatchSize} rows).", HelpName = "N" };
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:n.", HelpName = "DEVICE", DefaultValueFactory = _ => Device.CpuKind };
    private readonly Option<string?> _adapter = new("--adapter") { Description = "Run the model with this adapter; the model is a base that takes adapters.", HelpName = "FILE" };
    private readonly Option<FileInfo?> _output = new("--out") { Description = "Write the rows to this file instead of stdout.", HelpName = "FILE" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on behind the rows that --out holds, as after a kill." };
    private readonly Option<string?> _shard = new("--shard") { Description = "Take every N-th image only, from the I-th; merge-rows puts the shards' files together.", HelpName = "I/N" };
    private readonly Option<bool> _watch = new("--watch") { Description = "Keep taking what arrives in the folders, until Ctrl-C." };
    private readonly Option<string?> _moveTo = new("--move-to") { Description = "Move each file to a folder by its class, for example 'sorted/{label}'; nothing is overwritten.", HelpName = "DIR/{label}" };
    private readonly Option<int> _low = new("--low") { Description = "List the N least certain images at the end.", HelpName = "N" };

    public void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_paths);
        foreach (var option in (Option[])[_lists, _pathColumn, _json, _csv, _columns, _top, _low, _batch, _device, _adapter, _output, _resume, _shard, _watch, _moveTo]) command.Add(option);
        _model.Validators.Add(result =>
        {
            if (!File.Exists(result.GetRequiredValue(_model))) result.AddError($"There is no model file '{result.GetRequiredValue(_model)}'.");
        });
        _adapter.Validators.Add(result =>
        {
            if (result.GetValue(_adapter) is { } path && !File.Exists(path)) result.AddError($"There is no adapter file '{path}'.");
        });
        _device.Validators.Add(result =>
        {
            if (!Device.TryParse(result.GetRequiredValue(_device), out _)) result.AddError($"'{result.GetRequiredValue(_device)}' is no device; expected cpu, cuda or cuda:n.");
        });
        _shard.Validators.Add(result =>
        {
            if (result.GetValue(_shard) is { } text && !Shard.TryParse(text, out _)) result.AddError($"'{text}' is no shard; expected I/N with I from 1 to N, for example 2/8.");
        });
        foreach (var count in new Option[] { _top, _batch, _low })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() < 1) result.AddError($"{count.Name} must be at least 1.");
            });
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(_json) && result.GetValue(_csv)) result.AddError("--json and --csv exclude each other; choose one.");
            if (result.GetValue(_paths) is not { Length: > 0 } && result.GetValue(_lists) is not { Length: > 0 }) result.AddError("There is nothing to run the model on: give a PATH, or --list FILE.");
        });
    }

    public string Model(ParseResult line) => line.GetRequiredValue(_model);

    /// <summary>The adapter's file; null for none.</summary>
    public string? Adapter(ParseResult line) => line.GetValue(_adapter);

    public string DeviceName(ParseResult line) => line.GetRequiredValue(_device);

    /// <summary>The same command for a node: full paths, and without what differs from shard to shard.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="format">The form of the rows.</param>
    /// <param name="named">Whether the inputs are named too, since they are no list of images.</param>
    public IReadOnlyList<string> ForNode(ParseResult line, RowFormat format, bool named) =>
    [
        Path.GetFullPath(Model(line)),
        .. named ? (line.GetValue(_paths) ?? []).Select(path => Path.GetFullPath(path)) : [],
        format == RowFormat.Csv ? _csv.Name : _json.Name,
        .. ((Option[])[_pathColumn, _columns, _top, _low, _batch, _device])
            .Where(option => line.GetResult(option) is { Implicit: false })
            .SelectMany(option => new[] { option.Name, line.GetResult(option)!.Tokens[0].Value }),
        .. Adapter(line) is { } adapter ? [_adapter.Name, Path.GetFullPath(adapter)] : Array.Empty<string>(),
    ];

    /// <summary>A single image has all cores to itself; of many, each core runs batches of its own, which wait for no other.</summary>
    public SessionSettings Session(ParseResult line) => new() { Device = Device.Parse(line.GetRequiredValue(_device)), Threads = AreMany(line) ? 1 : 0, Spin = Spinning.Never };

    /// <summary>Images or rows a model run; null where nothing was said.</summary>
    public int? Batch(ParseResult line) => line.GetValue(_batch);

    public FolderJobOptions Read(ParseResult line, Func<Stream> standardInput, TextWriter output) => new()
    {
        Inputs = new FolderInputs
        {
            Paths = line.GetValue(_paths) ?? [],
            Lists = line.GetValue(_lists) ?? [],
            PathColumn = line.GetValue(_pathColumn),
            StandardInput = standardInput,
        },
        Folder = new FolderOptions
        {
            BatchSize = Batch(line) ?? Defaults.Folder.BatchSize,
            Shard = line.GetValue(_shard) is { } text && Shard.TryParse(text, out var shard) ? shard : Shard.Whole,
        },
        Format = FormatOf(line),
        Columns = line.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Top = line.GetValue(_top),
        OutputPath = line.GetValue(_output)?.FullName,
        Output = output,
        Resume = line.GetValue(_resume),
        Watch = line.GetValue(_watch),
        MoveTo = line.GetValue(_moveTo),
        LowConfidence = line.GetValue(_low),
    };

    /// <summary>Whether more than one image may come: anything but one file, and but tables of rows, which are read one after the other.</summary>
    private bool AreMany(ParseResult line)
    {
        if (line.GetValue(_lists) is { Length: > 0 } || line.GetValue(_pathColumn) is not null) return true;
        var paths = line.GetValue(_paths) ?? [];
        return paths is [var only] ? !File.Exists(only) || Archive.IsNamedLikeOne(only) : !paths.All(TableFile.IsNamedLikeOne);
    }

    /// <summary>As asked for; else as the name of the output says.</summary>
    private RowFormat FormatOf(ParseResult line) =>
        line.GetValue(_json) ? RowFormat.JsonLines
        : line.GetValue(_csv) ? RowFormat.Csv
        : line.GetValue(_output)?.Extension.ToLowerInvariant() switch
        {
            ".csv" => RowFormat.Csv,
            ".jsonl" or ".ndjson" => RowFormat.JsonLines,
            _ => RowFormat.Text,
        };
}
