// Runs a fuzz target's entry function over files of a corpus, in builds without libFuzzer. Each
// file is also tried cut at a few places and with single octets changed, so that a small corpus
// covers its own neighbourhood: replay CORPUS [exact]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

Input read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void run(const Input& input) { (void)LLVMFuzzerTestOneInput(input.data(), input.size()); }

void run_neighbours(Input input) {
  constexpr std::size_t kPlaces = 64;
  const std::size_t step = std::max<std::size_t>(1, input.size() / kPlaces);
  for (std::size_t at = 0; at < input.size(); at += step) {
    run(Input(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(at)));
    const std::uint8_t kept = input[at];
    for (const char other : {'\0', '"', '%', '/', ':', '\'', '{', '9', '\xff'}) {
      input[at] = static_cast<std::uint8_t>(other);
      run(input);
    }
    input[at] = kept;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const bool exact = argc > 2;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    const Input input = read_file(entry.path());
    run(input);
    if (!exact) run_neighbours(input);
    ++files;
  }
  std::printf("%zu files\n", files);
  return files > 0 ? 0 : 1;  // an empty corpus proves nothing
}
