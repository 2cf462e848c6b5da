package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;

/**
 * Reads lines {"document"}, each a pattern or an event, and lines {"id","pattern","event"}, which name two of them by their
 * numbers, from 0. Answers each of the latter with a line {"id","match","error"}. A pattern that the compiler refuses or
 * that is too complex, or an event that cannot be read, is an error of that case alone.
 */
public final class Main {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * How complex the wildcards of one field may be. EventBridge, which does not say where it draws the line, has refused a
     * pattern that the evaluator gives 12.
     */
    private static final int MOST_COMPLEX = 9;

    /** A pattern is compiled once: either into a machine that holds it alone, or into the reason why it is none. */
    private record Compiled(Machine machine, String error) {}

    private final List<String> documents = new ArrayList<>();
    private final Map<Integer, Compiled> patterns = new HashMap<>();

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Main judge = new Main();
        for (String text; (text = in.readLine()) != null; ) {
            JsonNode line = JSON.readTree(text);
            if (line.has("document")) {
                judge.documents.add(line.get("document").toString());
                continue;
            }
            out.print(JSON.writeValueAsString(judge.answer(line)));
            out.print('\n');
        }
        out.flush();
    }

    private ObjectNode answer(JsonNode line) {
        ObjectNode verdict = JSON.createObjectNode();
        verdict.set("id", line.get("id"));
        verdict.put("match", false);
        Compiled compiled = patterns.computeIfAbsent(line.get("pattern").asInt(), n -> compile(documents.get(n)));
        if (compiled.error() != null) {
            return verdict.put("error", "pattern: " + compiled.error());
        }
        try {
            return verdict.put("match", !compiled.machine().rulesForJSONEvent(documents.get(line.get("event").asInt())).isEmpty());
        } catch (Exception e) {
            return verdict.put("error", "event: " + e);
        }
    }

    private static Compiled compile(String pattern) {
        try {
            String error = JsonRuleCompiler.check(pattern);
            if (error != null) {
                return new Compiled(null, error);
            }
            Machine machine = new Machine();
            machine.addRule("rule", pattern);
            int complexity = machine.evaluateComplexity(new MachineComplexityEvaluator(10 * MOST_COMPLEX));
            if (complexity > MOST_COMPLEX) {
                return new Compiled(null, "too complex: " + complexity + ", more than " + MOST_COMPLEX);
            }
            return new Compiled(machine, null);
        } catch (Exception e) {
            return new Compiled(null, e.toString());
        }
    }
}
