using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

public sealed class OnnxModelShapeTests
{
    [OnnxTestDataFact]
    public void Inferred_types_agree_with_what_ONNXs_own_models_declare()
    {
        var failures = new List<string>();
        var (known, complete) = (0, 0);
        foreach (var path in OnnxTestData.Models)
        {
            var model = Model.Load(path);
            try
            {
                ShapeInference.Infer(model, strict: true);
                known++;
            }
            catch (GraphException exception) when (exception.Message.StartsWith("No shape rule", StringComparison.Ordinal))
            {
                continue;
            }
            catch (Exception exception)
            {
                failures.Add($"{OnnxTestData.NameOf(path)}: {exception.Message}");
                continue;
            }
            var declared = model.Graph.Outputs.ToDictionary(o => o.Name, o => o.Type);
            model.Graph.Outputs.Clear();
            var types = ShapeInference.Infer(model);
            if (declared.All(d => d.Value is null || types[d.Key] == d.Value)) complete++;
            else failures.Add($"~{OnnxTestData.NameOf(path)}: {string.Join("; ", declared.Select(d => $"{d.Value} ~ {types[d.Key]}"))}");
        }
        File.WriteAllLines("/tmp/models-shape-failures.txt", failures);
        Assert.True(failures.Count == 0, $"{known} known, {complete} complete of {OnnxTestData.Models.Count}\n" + string.Join("\n", failures.Take(60)));
    }
}
