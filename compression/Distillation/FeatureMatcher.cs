using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>
/// Prepares a student for the matching of features: gives each its own value at the side of the graph, through a 1x1 projection to the
/// teacher's channels where these differ. The projections are weights of the model while it is trained; in the end all of it is taken out.
/// Source: Romero et al., "FitNets: hints for thin deep nets", 2015.
/// </summary>
internal static class FeatureMatcher
{
    private const string Prefix = "distill/";

    /// <summary>The student with what it needs, and the pairs for its loss.</summary>
    /// <exception cref="DistillException">There is no such value, or the shapes do not fit; the message lists the values there are.</exception>
    public static (Model Student, IReadOnlyList<FeaturePair> Pairs) Attach(Model student, TeacherEnsemble teachers, IReadOnlyList<FeatureMatchOptions> features, ulong seed)
    {
        var model = student.Clone();
        var shapes = ValueList.Of(student).ToDictionary(v => v.Name, v => v.Shape);
        var pairs = features.Select((feature, i) =>
        {
            if (!shapes.TryGetValue(feature.Student, out var shape))
                throw new DistillException($"distill.features.{i}: the student has no value '{feature.Student}'. It has: {ValueList.Text(student)}.");
            var target = teachers.FeatureShapes[i];
            if (!Fits(shape, target))
                throw new DistillException($"distill.features.{i}: the student's '{feature.Student}' {shape} and the teacher's '{feature.Teacher}' [batch,{string.Join(",", target)}] differ in more than their channels. "
                    + $"The student has: {ValueList.Text(student)}. The teacher has: {ValueList.Text(teachers.Models[0])}.");
            return new FeaturePair(Attach(model.Graph, feature.Student, shape[1].Size!.Value, target, i, seed), $"teacher.feature.{i}", target, feature.Weight);
        });
        return (model, [.. pairs]);
    }

    /// <summary>Takes out what <see cref="Attach(Model, TeacherEnsemble, IReadOnlyList{FeatureMatchOptions}, ulong)"/> put in.</summary>
    public static Model Detach(Model trained)
    {
        var model = trained.Clone();
        model.Graph.Nodes.RemoveAll(n => n.Name.StartsWith(Prefix, StringComparison.Ordinal));
        foreach (var projection in model.Graph.Initializers.Where(t => t.Name.StartsWith(Prefix, StringComparison.Ordinal)).ToArray()) model.Graph.Initializers.Remove(projection.Name);
        return model;
    }

    private static bool Fits(TensorShape student, long[] teacher) =>
        student.Rank == teacher.Length + 1 && student.Skip(1).All(axis => axis.Size is not null) && student.Skip(2).Select(axis => axis.Size!.Value).SequenceEqual(teacher.Skip(1));

    private static string Attach(Graph graph, string value, long channels, long[] target, int index, ulong seed)
    {
        var output = $"{Prefix}feature.{index}";
        if (channels == target[0])
        {
            graph.Nodes.Add(new Node(Ops.Identity, [value], [output], output));
            return output;
        }
        var weight = $"{Prefix}projection.{index}";
        var isMatrix = target.Length == 1;
        long[] dims = isMatrix ? [channels, target[0]] : [target[0], channels, .. Enumerable.Repeat(1L, target.Length - 1)];
        graph.Initializers.Add(Initializer.Create<float>(weight, FirstWeights(channels, target[0], index, seed), dims));
        graph.Nodes.Add(new Node(isMatrix ? Ops.MatMul : Ops.Conv, [value, weight], [output], output));
        return output;
    }

    /// <summary>Of variance 1 / channels, which keeps the scale of what is projected.</summary>
    private static float[] FirstWeights(long channels, long targets, int index, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Initialization, (ulong)index, 1);
        var weights = new float[channels * targets];
        foreach (ref var weight in weights.AsSpan()) weight = (float)(random.NextNormal() / Math.Sqrt(channels));
        return weights;
    }
}
