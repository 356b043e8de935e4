using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>What a deployable model is to say of itself, and what it is to give out.</summary>
public sealed record ExportSettings
{
    /// <summary>Class names, by class index; as many as the model has classes, two where it gives one logit, none for a regression.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The columns of the table that the model was trained on; empty for images.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    /// <summary>How the rows of that table are written as text; null where nothing is known of it.</summary>
    public TableFormat? TableFormat { get; init; }

    /// <summary>What a regression predicts; null for a classifier.</summary>
    public string? Target { get; init; }

    /// <summary>Of two classes, the second is the answer where its probability is at least this; null for the more probable class.</summary>
    public double? Threshold { get; init; }

    public string? Dataset { get; init; }

    /// <summary>SHA-256 of the dataset artifact, in hexadecimal.</summary>
    public string? DatasetHash { get; init; }

    /// <summary>SHA-256 of the recipe's canonical form, in hexadecimal.</summary>
    public string? RecipeHash { get; init; }

    /// <summary>The version of this tool, also written as the model's producer version.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>Of a base that takes adapters, its fingerprint: its inputs with a default then stay inputs. Null for a model that takes none.</summary>
    public string? AdapterBase { get; init; }

    /// <summary>Measured figures by name, for example "test.accuracy" from 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>How an image goes in; null for the layout that the trained model takes.</summary>
    public ImageLayout? Input { get; init; }

    /// <summary>Gives the name of the answer out too, as "label", string [batch]: the most probable class, or with a threshold what that decides.</summary>
    public bool Label { get; init; }

    /// <summary>Gives so many of the most probable classes out too, best first, as "top_probabilities", "top_classes" and "top_labels", [batch, count]; null for none.</summary>
    public int? TopK { get; init; }

    /// <summary>Answers variants of every image and averages them; null for the image alone.</summary>
    public TestTimeAugmentation? TestTimeAugmentation { get; init; }

    /// <summary>Gives the logits out too, as "logits" beside "probabilities".</summary>
    public bool KeepLogits { get; init; }

    public PassOptions Passes { get; init; } = PassOptions.Default;
}
