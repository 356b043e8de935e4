using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>What every pass owes: the argument untouched, the same outputs, and nothing left to do the second time.</summary>
internal static class PassAssert
{
    public const double Tolerance = 1e-4;

    /// <summary>Applies the pass, checks that it modified the model and kept its outputs at several batch sizes, and returns the result.</summary>
    public static PassResult Rewrites(IPass pass, Model model, double tolerance = Tolerance)
    {
        var result = Keeps(pass, model, tolerance);
        Assert.True(result.Modified, $"nothing was rewritten; declined: {string.Join("; ", result.Report.Declined)}");
        Assert.NotEmpty(result.Report.Rewrote);
        return result;
    }

    /// <summary>Checks that the pass left the model as it was and said <paramref name="reason"/>.</summary>
    public static PassResult Declines(IPass pass, Model model, string reason)
    {
        var result = Keeps(pass, model);
        Assert.False(result.Modified, $"it rewrote: {string.Join("; ", result.Report.Rewrote)}");
        Assert.Same(model, result.Model);
        Assert.Contains(result.Report.Declined, note => note.Text.Contains(reason, StringComparison.Ordinal));
        return result;
    }

    public static PassResult Keeps(IPass pass, Model model, double tolerance = Tolerance)
    {
        var before = model.ToBytes();
        var result = pass.Apply(model);
        Assert.Equal(before, model.ToBytes());
        foreach (var batch in (int[])[1, 2, 5])
        {
            var feeds = Reference.RandomFeeds(model, batch);
            SameOutputs(Reference.Run(model, feeds), Reference.Run(result.Model, feeds), tolerance);
        }
        Assert.False(pass.Apply(result.Model).Modified, "a second run found something to do");
        Assert.Equal(before, model.ToBytes());
        return result;
    }

    /// <summary>Equal in names, types and shapes; floats within the tolerance, relative above 1; the rest bit by bit.</summary>
    public static void SameOutputs(Dictionary<string, Initializer> expected, Dictionary<string, Initializer> actual, double tolerance)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, e) in expected)
        {
            var a = actual[name];
            Assert.Equal(e.Type.ToString(), a.Type.ToString());
            if (e.ElementType == ElementType.String) Assert.Equal(e.Strings, a.Strings);
            else if (e.ElementType == ElementType.Float) Close(name, [.. e.Span<float>()], [.. a.Span<float>()], tolerance);
            else if (e.ElementType == ElementType.Double) Close(name, e.Span<double>().ToArray(), a.Span<double>().ToArray(), tolerance);
            else Assert.True(e.Bytes.Span.SequenceEqual(a.Bytes.Span), $"output '{name}' changed");
        }
    }

    private static void Close(string name, double[] expected, double[] actual, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var same = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(same, $"output '{name}'[{i}]: expected {expected[i]}, found {actual[i]}");
        }
    }
}
