using OnnxPipeline.Pipeline.Recipes;
using static OnnxPipeline.Pipeline.Recipes.Constraint;
using static OnnxPipeline.Pipeline.Recipes.Rule;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>The rules of what is asked of Slurm; <see cref="RecipeRules"/> has them among all others.</summary>
internal static class SlurmRules
{
    public static readonly IReadOnlyList<Rule> Options =
    [
        For<SlurmOptions>(nameof(SlurmOptions.Partition), Name),
        For<SlurmOptions>(nameof(SlurmOptions.GpuPartition), Name),
        For<SlurmOptions>(nameof(SlurmOptions.Account), Name),
        For<SlurmOptions>(nameof(SlurmOptions.Qos), Name),
        For<SlurmOptions>(nameof(SlurmOptions.Constraint), Matches(@"\S+", "a feature of nodes, or several joined as sbatch's --constraint takes them")),
        For<SlurmOptions>(nameof(SlurmOptions.Time), Matches(@"[0-9]+(:[0-9]{1,2}){0,2}|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2}", "a time as Slurm writes it, for example '30' (minutes), '12:00:00' or '2-00:00:00'; in quotes, since YAML reads some of them otherwise")),
        For<SlurmOptions>(nameof(SlurmOptions.Cores), Between(1, 4096)),
        For<SlurmOptions>(nameof(SlurmOptions.Memory), Matches("[1-9][0-9]*[KMGT]?", "a size as Slurm writes it, for example 4G")),
        For<SlurmOptions>(nameof(SlurmOptions.Gpus), Between(1, 64)),
        For<SlurmOptions>(nameof(SlurmOptions.GpuType), Name),
        For<SlurmOptions>(nameof(SlurmOptions.MaxTasks), Between(1, 1_000_000)),
        For<SlurmOptions>(nameof(SlurmOptions.Retries), Between(0, 100)),
        For<SlurmOptions>(nameof(SlurmOptions.GraceSeconds), Between(1, 65_535)),
        For<SlurmOptions>(nameof(SlurmOptions.Shards), Between(1, 100_000)),
        For<SlurmOptions>(nameof(SlurmOptions.Flags), Each(Matches("-.*", "a flag of sbatch, beginning with '-'"))),
        For<SlurmOptions>(nameof(SlurmOptions.Setup), Each(Matches(@"[^\r\n]+", "a line of shell"))),
        For<SlurmOptions>(nameof(SlurmOptions.Command), Matches(@".*\S.*", "a command that stands for pipeline")),
    ];

    private static Constraint Name => Matches("[A-Za-z0-9_.,-]+", "a name, or several with commas, as sbatch takes them");
}
