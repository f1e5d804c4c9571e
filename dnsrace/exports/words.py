"""Words that may not be names in an exported file: those of each language, and those that its tools
or the exported files themselves use."""

from __future__ import annotations

_TLA = """
ASSUME ASSUMPTION AXIOM BOOLEAN CASE CHOOSE CONSTANT CONSTANTS COROLLARY DOMAIN ELSE ENABLED
EXCEPT EXTENDS FALSE HAVE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED OTHER
PROOF PROPOSITION PROVE QED RECURSIVE STRING SUBSET SUFFICES TAKE THEN THEOREM TRUE UNCHANGED
UNION USE VARIABLE VARIABLES WF_ WITH WITNESS SF_ BY DEF DEFS DEFINE HIDE PICK Int Nat Real
Infinity Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any
ToString TLCEval Init Next Spec TypeOK vars Require Min Max Symmetry p a b
"""

_PROMELA = """
active assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan d_step
D_proctype do else empty enabled end eval false fi for full get_priority goto hidden if in init
inline int len local ltl mtype never nempty nfull np_ notrace od of pc_value pid printf printm
priority proctype progress provided return run select set_priority short show skip stdin STDIN
system timeout trace true typedef unless unsigned xr xs accept auto case char const continue
default double enum extern float inline long register restrict signed sizeof static struct
switch union void volatile while now trpt uchar ushort uint ulong errno NULL FILE linux unix
i386 SAFETY BFS REACH VERBOSE MEMLIM DELTA INLINE NAMED min max cas final getframe getbits
iam_alive mix onstack_now onstack_put onstack_zap pptr q_sz qptr rand rot wasnew maxseq minseq
"""

_MURPHI = """
alias aliasrule aliasrules aliasstatement array assert assume begin boolean by case choose clear
const cover do else elseif elsif end endalias endclear endchoose endexists endfor endforall
endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch endwhile
enum error exists externfun externproc false for forall from function if import in interleaved
invariant isundefined liveness map maxerrors multiset multisetadd multisetcount multisetremove
multisetremovepred none_of now of oneof ormap pack procedure process program property put real
record return rule ruleset scalarset smallset startstate switch symmetry then to traceuntil true
type undefine union unpack until var while
"""

TLA_WORDS = _TLA.split()
PROMELA_WORDS = _PROMELA.split()
MURPHI_WORDS = _MURPHI.split()
