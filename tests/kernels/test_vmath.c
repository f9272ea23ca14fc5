/* The elementary functions are within a few units in the last place of libm's
 * in double, saturate, and keep a NaN.    ranks: 1 */
#include <float.h>

#include "kernels/cpu/vmath.h"
#include "tests/lib/tap.h"

struct function {
    const char *name;
    wide (*ours)(wide);
    double (*theirs)(double);
    double from, to, bound;
};

/* Distance in units in the last place of the float nearest to `right`. */
static double distance(double got, double right)
{
    int exponent;

    frexp(right, &exponent);
    return fabs(got - right) / ldexp(1, exponent - FLT_MANT_DIG);
}

static void test_distance(const struct function *f)
{
    enum { POINTS = 1000003 };
    double worst = 0;
    wide at = 0;

    for (long i = 0; i <= POINTS; i++) {
        wide x = (wide)(f->from + (f->to - f->from) * (double)i / POINTS);
        double d = distance(f->ours(x), f->theirs(x));

        at = d <= worst ? at : x;
        worst = d <= worst ? worst : d;
    }
    ok(worst <= f->bound, "%s on [%g, %g]: %.2f ulp at %.9g", f->name, f->from,
       f->to, worst, (double)at);
}

int main(int argc, char **argv)
{
    static const struct function functions[] = {
        {"exp", vmath_exp, exp, -87.33, 88.72, 1.5},
        {"exp", vmath_exp, exp, -1, 1, 1.5},
        {"erf", vmath_erf, erf, -5, 5, 2.5},
        {"erf", vmath_erf, erf, -1e-3, 1e-3, 1},
        {"tanh", vmath_tanh, tanh, -12, 12, 1.75},
        {"tanh", vmath_tanh, tanh, -1e-3, 1e-3, 1},
    };
    static const wide huge = HUGE_VALF;

    world_start(&argc, &argv);
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
        test_distance(&functions[k]);
    ok(vmath_exp(-huge) == 0 && vmath_exp(-FLT_MAX) == 0 &&
           vmath_exp(-88) == 0,
       "exp is 0 where a float would be subnormal");
    ok(vmath_exp(huge) == huge && vmath_exp(FLT_MAX) == huge &&
           vmath_exp(88.8f) == huge && vmath_exp(0) == 1,
       "exp overflows to infinity");
    ok(vmath_erf(huge) == 1 && vmath_erf(-huge) == -1 && vmath_erf(4) == 1 &&
           vmath_erf(-FLT_MAX) == -1 && vmath_erf(0) == 0,
       "erf saturates");
    ok(vmath_tanh(huge) == 1 && vmath_tanh(-huge) == -1 &&
           vmath_tanh(10) == 1 && vmath_tanh(-FLT_MAX) == -1 &&
           vmath_tanh(0) == 0,
       "tanh saturates");
    ok(isnan(vmath_exp(NAN)) && isnan(vmath_erf(NAN)) &&
           isnan(vmath_tanh(NAN)),
       "a NaN stays one");
    tap_done();
    world_stop();
    return 0;
}
