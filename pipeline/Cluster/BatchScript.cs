using OnnxPipeline.Pipeline.Commands;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>
/// The batch script of a job. It runs one task as a child, passes Slurm's signals on to it, and decides by how it ended whether the
/// task goes back into the queue: what the time limit stopped goes on from its checkpoint, what failed is tried again.
/// </summary>
internal static class BatchScript
{
    /// <param name="command">What stands for "pipeline" on a node.</param>
    /// <param name="job">The job's folder.</param>
    /// <param name="options">What is asked of Slurm.</param>
    public static string Text(string command, string job, SlurmOptions options) => $$$"""
        #!/bin/bash
        # One task of the job whose folder this is: batch.sh BATCH FIRST, where FIRST is the number of the array's task 1.
        job={{{ShellText.Line([job])}}}
        retries={{{options.Retries}}}
        batch=$1
        task=$(( ${2:-1} + ${SLURM_ARRAY_TASK_ID:-1} - 1 ))
        mkdir -p "$job/tasks/$batch/$task"
        failures=$job/tasks/$batch/$task/{{{JobFolder.FailuresFile}}}
        failed=0
        [ -f "$failures" ] && failed=$(wc -l < "$failures")

        # The cores that Slurm gave and no more, whether or not the cluster binds processes to them.
        export DOTNET_PROCESSOR_COUNT=${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}
        export OMP_NUM_THREADS=$DOTNET_PROCESSOR_COUNT
        # The GPUs that Slurm gave, where the cluster does not hide the others itself.
        [ -z "${CUDA_VISIBLE_DEVICES:-}" ] && [ -n "${SLURM_JOB_GPUS:-}" ] && export CUDA_VISIBLE_DEVICES=$SLURM_JOB_GPUS
        {{{string.Join('\n', options.Setup)}}}

        again() { exec scontrol requeue "${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}"; }

        signalled= limit= stop=
        trap 'signalled=1 limit=1; kill -TERM "$child" 2>/dev/null' USR1
        trap 'signalled=1 stop=1; kill -TERM "$child" 2>/dev/null' TERM
        final=
        [ "$failed" -ge "$retries" ] && final=--final
        {{{command}}} task "$job" "$batch" "$task" $final &
        child=$!
        # A signal ends the wait, not the child.
        while signalled=; wait "$child"; code=$?; [ -n "$signalled" ]; do :; done

        [ "$code" -eq 0 ] && exit 0
        # Cancelled or preempted; where it was preempted Slurm itself puts it back.
        [ -n "$stop" ] && exit "$code"
        [ -n "$limit" ] && [ "$code" -eq {{{Cli.Interrupted}}} ] && again
        echo "exit code $code on $(hostname) at $(date -u +%FT%TZ)" >> "$failures"
        [ "$failed" -lt "$retries" ] && again
        exit "$code"

        """.ReplaceLineEndings("\n");
}
