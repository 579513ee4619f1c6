// Composes two automata by OpenFst as often as asked for, and prints the processor time of each in ms.
#include <fst/fstlib.h>

#include <cstdio>
#include <ctime>
#include <memory>

int main(int, char** argv) {
  using Fst = fst::VectorFst<fst::Log64Arc>;
  const std::unique_ptr<Fst> a(Fst::Read(argv[1])), b(Fst::Read(argv[2]));
  for (int round = 0; round < std::atoi(argv[3]); round++) {
    const std::clock_t start = std::clock();
    Fst c;
    fst::Compose(*a, *b, &c);
    std::printf("%.3f\n", 1e3 * (std::clock() - start) / CLOCKS_PER_SEC);
  }
}
