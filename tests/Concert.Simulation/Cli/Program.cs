using Concert.Simulation.Sale;

var seed = ulong.Parse(args[0]);
var n = int.Parse(args[1]);
var sw = System.Diagnostics.Stopwatch.StartNew();
var facts = new List<SaleResult>();
for (var i = 0; i < n; i++)
{
    var r = SaleRun.Run(SalePlan.Draw(seed + (ulong)i) with { Faults = args.Length > 2 ? Concert.Simulation.Faults.FaultPlan.Draw(seed + (ulong)i) : Concert.Simulation.Faults.FaultPlan.None }, n == 1);
    facts.Add(r);
    if (n == 1) foreach (var l in r.Timeline) Console.WriteLine(l);
    if (r.Violation is { } v) Console.WriteLine($"{r.Plan.Seed}: {v.Rule} {v.Detail}");
}
Console.WriteLine($"{sw.Elapsed.TotalMilliseconds / n:0.0} ms/seed steps {facts.Average(f => f.Steps)} faults {facts.Average(f => f.Faults)} held {facts.Average(f => f.Facts.Held)} conf {facts.Average(f => f.Facts.Confirmed)} canc {facts.Average(f => f.Facts.Cancelled)} exp {facts.Average(f => f.Facts.Expired)} rej {facts.Average(f => f.Facts.Rejected)} charges {facts.Average(f => f.Facts.Charges)} virt {facts.Average(f => f.Facts.Virtual.TotalSeconds)}");
