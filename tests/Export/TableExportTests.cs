using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests;

/// <summary>Models of tables: trained on numbers and codes, deployed with a column an input.</summary>
public sealed class TableExportTests : IDisposable
{
    private static readonly TableColumn[] Columns =
    [
        new() { Name = "numeric", Kind = ColumnKind.Number },
        new() { Name = "colour", Kind = ColumnKind.Category, Categories = ["blue", "red", "Größe, \"x\""] },
        new() { Name = "since", Kind = ColumnKind.Date, Parts = [DatePart.Year, DatePart.Month] },
        new() { Name = "shape", Kind = ColumnKind.Category, Categories = ["round"] },
    ];

    private static readonly TableModelInput Input = new(3, [4, 2]) { Mean = [10, 2000, 6], Std = [5, 10, 3] };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("classes")]
    [InlineData("binary")]
    [InlineData("value")]
    public void The_deployed_model_is_verified_on_raw_columns(string kind)
    {
        using var dataset = Write(kind);
        var (trained, settings) = Trained(kind, dataset);
        var exported = Exporter.Export(trained, settings);

        Assert.Equal(["numeric", "colour", "since.year", "since.month", "shape"], exported.Model.Graph.Inputs.Select(i => i.Name));
        Assert.Equal(kind == "value" ? "prediction" : "probabilities", exported.Model.Graph.Outputs.Single().Name);
        var report = Verifier.Verify(trained, exported.Model, HeldOutSamples.Of(dataset, dataset.Test), new VerifyOptions { Scale = kind == "value" ? 100 : 1 });
        report.EnsurePassed();
        Assert.InRange(report.MaxAbsDiff, 0, 1e-5);
        Assert.Equal(6, report.Hostile.Count);
        Assert.All(report.Hostile, h => Assert.True(h.Passed, $"{h.Input}: {h.Reference} and {h.Deploy}"));
        Assert.Equal(("finite", "finite"), (report.Hostile[0].Reference, report.Hostile[0].Deploy));
        Assert.Equal(kind == "value", report.DeployRmse > 0);
        Assert.Equal(kind != "value", report.DeployAccuracy is not null);
    }

    [Fact]
    public void A_word_that_was_never_seen_is_as_a_missing_one()
    {
        using var dataset = Write("classes");
        var (trained, settings) = Trained("classes", dataset);
        using var session = SessionFactory.Create(Exporter.Export(trained, settings).Model.ToBytes(), new SessionSettings { Threads = 1 });

        var unseen = Run(session, float.NaN, "green", "");
        Assert.Equal(unseen, Run(session, float.NaN, "", "Round"));
        Assert.Equal(unseen, Run(session, 10, "blue ", "square"));
        Assert.NotEqual(unseen, Run(session, float.NaN, "blue", ""));
        Assert.NotEqual(unseen, Run(session, float.NaN, "Größe, \"x\"", ""));
        Assert.All(unseen, p => Assert.True(float.IsFinite(p)));
    }

    [Fact]
    public void Columns_that_the_model_was_not_trained_on_are_refused()
    {
        using var dataset = Write("classes");
        var (trained, settings) = Trained("classes", dataset);
        Assert.Contains("3 columns as 'numeric', but 1", Assert.Throws<ExportException>(() => Exporter.Export(trained, settings with { Columns = Columns[..2] })).Message, StringComparison.Ordinal);
        TableColumn[] reserved = [Columns[0] with { Name = "probabilities" }, .. Columns[1..]];
        Assert.Contains("Rename the column", Assert.Throws<ExportException>(() => Exporter.Export(trained, settings with { Columns = reserved })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_deployed_model_says_of_its_columns_reads_back()
    {
        using var dataset = Write("value");
        var (trained, settings) = Trained("value", dataset);
        var read = DeployMetadata.FromEntries(Exporter.Export(trained, settings).Model.Metadata)!;
        Assert.Equal(("price", "prediction"), (read.Target, read.Prediction));
        Assert.Equal(Columns.Select(c => (c.Name, c.Kind)), read.Columns.Select(c => (c.Name, c.Kind)));
        Assert.Equal(Columns[1].Categories, read.Columns[1].Categories);
        Assert.Equal(Columns[2].Parts, read.Columns[2].Parts);
        Assert.Null(read.Input);
    }

    private static (Model, ExportSettings) Trained(string kind, Dataset dataset)
    {
        var output = kind switch
        {
            "classes" => ModelOutput.Classes(3),
            "binary" => ModelOutput.Binary,
            _ => ModelOutput.Value(dataset.Target!.Mean, dataset.Target.Std),
        };
        return (ModelRegistry.Build(new MlpOptions { Hidden = [8] }, Input, output, 1),
            new ExportSettings { Labels = dataset.Labels, Columns = dataset.Columns, Target = dataset.Target?.Name });
    }

    private Dataset Write(string kind)
    {
        const int count = 40;
        var random = new Random(1);
        var numeric = Enumerable.Range(0, count * 3).Select(i => i % 7 == 0 ? float.NaN : (float)(i % 3 == 1 ? 2000 + random.Next(20) : 12 * random.NextDouble())).ToArray();
        var codes = Enumerable.Range(0, count * 2).Select(i => (long)random.Next(i % 2 == 0 ? 4 : 2)).ToArray();
        SampleTensor[] features =
        [
            new(TableFeatures.Numeric, DataKind.Float, [3], MemoryMarshal.AsBytes(numeric.AsSpan()).ToArray()),
            new(TableFeatures.Categorical, DataKind.Int64, [2], MemoryMarshal.AsBytes(codes.AsSpan()).ToArray()),
        ];
        var samples = kind == "value"
            ? new SampleSet(features, Enumerable.Range(0, count).Select(i => (float)(300 + 100 * random.NextDouble())).ToArray())
            : new SampleSet(features, Enumerable.Range(0, count).Select(i => (long)(i % (kind == "binary" ? 2 : 3))).ToArray());
        DatasetWriter.Write(_folder.Path, new DatasetContent
        {
            Name = "things",
            Labels = kind switch { "classes" => ["a", "b", "c"], "binary" => ["no", "yes"], _ => [] },
            Target = kind == "value" ? "price" : null,
            Columns = Columns,
            Train = samples,
            Test = samples,
        });
        return Dataset.Open(_folder.Path);
    }

    private static float[] Run(InferenceSession session, float number, string colour, string shape)
    {
        using var results = session.Run([
            NamedOnnxValue.CreateFromTensor("numeric", new DenseTensor<float>(new[] { number }, [1, 1])),
            NamedOnnxValue.CreateFromTensor("since.year", new DenseTensor<float>(new[] { 2001f }, [1, 1])),
            NamedOnnxValue.CreateFromTensor("since.month", new DenseTensor<float>(new[] { float.NaN }, [1, 1])),
            NamedOnnxValue.CreateFromTensor("colour", new DenseTensor<string>(new[] { colour }, [1, 1])),
            NamedOnnxValue.CreateFromTensor("shape", new DenseTensor<string>(new[] { shape }, [1, 1])),
        ]);
        return [.. results[0].AsTensor<float>()];
    }
}
