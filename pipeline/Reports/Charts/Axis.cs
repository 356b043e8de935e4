using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>How a quantity is laid along an axis.</summary>
/// <param name="Title">The quantity, for example "validation loss".</param>
/// <param name="Unit">For example "s" or "%"; null for a quantity without one.</param>
internal sealed record Axis(string Title, string? Unit = null)
{
    /// <summary>Whether equal ratios are equally far apart; values of 0 or less are then not shown.</summary>
    public bool Log { get; init; }

    /// <summary>From 0 to this magnitude equal differences are equally far apart, beyond it equal ratios, so that 0 has its place beside values of many magnitudes; null for none of it.</summary>
    public double? LogFrom { get; init; }

    /// <summary>Whether the axis begins at 0 though the data do not.</summary>
    public bool Zero { get; init; }

    /// <summary>The least and the greatest value; null for the data's.</summary>
    public (double Low, double High)? Domain { get; init; }

    /// <summary>A number format of https://d3js.org/d3-format; null for the default.</summary>
    public string? Format { get; init; }

    /// <summary>The values that are marked; null to leave that to the chart.</summary>
    public IReadOnlyList<double>? Ticks { get; init; }

    /// <summary>Whether only whole numbers are marked, as for epochs.</summary>
    public bool Whole { get; init; }

    public string Label => Unit is null ? Title : $"{Title} ({Unit})";

    /// <summary>Shares from 0 to 1, shown in percent.</summary>
    public static Axis Share(string title) => new(title) { Domain = (0, 1), Format = ".0%" };

    /// <summary>Epochs, counted from 1.</summary>
    public static Axis Epoch { get; } = new("epoch") { Whole = true };

    /// <summary>The encoding of a quantitative channel.</summary>
    public JsonObject Encode(string field)
    {
        var scale = new JsonObject { ["zero"] = Zero, ["nice"] = Domain is null };
        if (Log) scale = new JsonObject { ["type"] = "log" };
        if (LogFrom is { } from) scale = new JsonObject { ["type"] = "symlog", ["constant"] = from };
        if (Domain is { } domain) scale["domain"] = Spec.Array(domain.Low, domain.High);
        var axis = new JsonObject();
        if (Ticks is not null) axis["values"] = Spec.Array(Ticks);
        if (Format is not null) axis["format"] = Format;
        if (Whole)
        {
            axis["tickMinStep"] = 1;
            axis["format"] = "d";
        }
        return Spec.Quantity(field, Label, scale, axis);
    }
}
