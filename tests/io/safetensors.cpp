#include <doctest/doctest.h>
#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tepui/io/safetensors.hpp>

#include "io/files.hpp"

namespace test_io_safetensors {
namespace {
namespace io = tepui::io;
using namespace tepui;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
/// A file with this header and so many bytes of numbers (1, 2, 3, ...) behind it.
std::string with_header(const std::string& header, std::size_t data_bytes) {
  std::string bytes(8, '\0');
  const std::uint64_t n = header.size();
  std::memcpy(bytes.data(), &n, 8);
  bytes += header;
  for (std::size_t i = 0; i < data_bytes; ++i) bytes += static_cast<char>(i + 1);
  return bytes;
}
std::string refused(std::string_view bytes, const io::read_options& options = {}) {
  const std::string path = io_files::write_text("x.safetensors", bytes);
  return io_files::refusal([&] { return io::read_safetensors(path, options); });
}
std::string refused_header(const std::string& header, std::size_t data_bytes = 4) {
  return refused(with_header(header, data_bytes));
}
bool parts_are_left() {
  for (const auto& entry : std::filesystem::directory_iterator(io_files::scratch_folder()))
    if (entry.path().string().find(".part-") != std::string::npos) return true;
  return false;
}

named_tensors some() {
  named_tensors t;
  t.put<std::uint8_t>("mask", {3}, {0, 1, 255});
  t.put<float>("block0.weight", {2, 3}, {1, -0.0F, std::numeric_limits<float>::infinity(), 1e-45F, 5, 6});
  t.put<double>("mean", {1}, {0.1});
  t.put<std::int64_t>("step", {}, {std::numeric_limits<std::int64_t>::min()});
  t.put<std::int32_t>("a \"name\"\n\\ β", {2, 1}, {-1, 7});
  t.put<float>("none", {0, 4}, {});
  t.notes = {{"model", "rank<512> | transformer<2, 128>"}, {"", "empty \t name"}};
  return t;
}

TEST_CASE("tensors and notes come back as they were, in order, with their kinds and shapes") {
  const std::string path = io_files::scratch("some.safetensors");
  io::write_safetensors(path, some());
  CHECK(io::read_safetensors(path) == some());
  const std::string bytes = content(path);
  io::write_safetensors(path, some());
  CHECK(content(path) == bytes);
  CHECK_FALSE(parts_are_left());
}
TEST_CASE("nothing at all is a file too") {
  const std::string path = io_files::scratch("nothing.safetensors");
  io::write_safetensors(path, named_tensors{});
  CHECK(content(path).substr(8) == "{}      ");
  CHECK(io::read_safetensors(path) == named_tensors{});
}
TEST_CASE("a file, byte by byte") {
  named_tensors t;
  t.put<std::uint8_t>("b", {1}, {9});
  t.put<float>("a", {1}, {1.0F});
  const std::string path = io_files::scratch("small.safetensors");
  io::write_safetensors(path, t);
  const std::string bytes = content(path);
  const std::string header =
      R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  CHECK(bytes == std::string(1, static_cast<char>(padded.size())) + std::string(7, '\0') + padded +
                     std::string("\x00\x00\x80\x3f\x09", 5));
}
TEST_CASE("the header alone tells what is there, and where") {
  const std::string path = io_files::scratch("header.safetensors");
  io::write_safetensors(path, some());
  const io::safetensors_header header = io::read_safetensors_header(io::open_file(path));
  CHECK(header.data_begin % 8 == 0);
  REQUIRE(header.entries.size() == 6);
  CHECK(header.entries[1].holds == "F32");
  CHECK(header.entries[1].shape == tensor_shape{2, 3});
  for (const io::safetensors_entry& e : header.entries)  // numbers begin at multiples of their size
    CHECK(e.place[0] % (e.holds == "U8" ? 1 : e.holds == "F32" || e.holds == "I32" ? 4 : 8) == 0);
  CHECK(header.notes == some().notes);
}
TEST_CASE("numbers of 16 bits are widened to the same number, and true and false are 1 and 0") {
  std::string header = R"({"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],)"
                       R"("data_offsets":[4,6]},"t":{"dtype":"BOOL","shape":[2],"data_offsets":[6,8]}}  )";
  std::string bytes = with_header(header, 0) + std::string("\x00\x3c\x00\xc0\x80\xbf\x01\x00", 8);
  const std::string path = io_files::write_text("half.safetensors", bytes);
  const named_tensors t = io::read_safetensors(path);
  CHECK(t.get<float>("h", {2}) == std::vector<float>{1, -2});
  CHECK(t.get<float>("b", {1}) == std::vector<float>{-1});
  CHECK(t.get<std::uint8_t>("t", {2}) == std::vector<std::uint8_t>{1, 0});
  bytes[bytes.size() - 1] = 2;
  CHECK(refused(bytes).find("tensor 't': it holds 2 as a BOOL") != std::string::npos);
  for (std::uint32_t i = 0; i < 0x10000; ++i) {  // every half there is
    const int exponent = static_cast<int>(i >> 10 & 31U);
    const double fraction = i & 0x3FFU, sign = (i & 0x8000U) != 0 ? -1 : 1;
    const float got = io::from_half(static_cast<std::uint16_t>(i));
    if (exponent == 31) {
      if (fraction == 0 ? got != sign * std::numeric_limits<double>::infinity() : !std::isnan(got)) FAIL_CHECK(i);
    } else {
      const double size = std::ldexp(exponent == 0 ? fraction : fraction + 1024, (exponent == 0 ? 1 : exponent) - 25);
      const double value = sign * size;
      if (static_cast<double>(got) != value || std::signbit(got) != std::signbit(sign)) FAIL_CHECK(i);
    }
  }
}
TEST_CASE("many numbers of 16 bits pass in pieces") {
  const std::size_t n = 10'000;
  std::string bytes = with_header(
      R"({"h":{"dtype":"BF16","shape":[100,100],"data_offsets":[0,20000]}})", 0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(i % 128)) >> 16);
    bytes.append(reinterpret_cast<const char*>(&bits), 2);
  }
  const auto t = io::read_safetensors(io_files::write_text("many.safetensors", bytes));
  const auto& values = t.get<float>("h", {100, 100});
  bool same = true;
  for (std::size_t i = 0; i < n; ++i) same = same && values[i] == static_cast<float>(i % 128);
  CHECK(same);
}

TEST_CASE("a file that is cut short or is none is refused in a sentence") {
  CHECK(refused("") == "file '" + io_files::scratch("x.safetensors") +
                           "': it has 0 bytes, and the shortest .safetensors file has more; name a .safetensors file, "
                           "or get it again");
  CHECK(refused(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10))
            .find("its header should have 18446744073709551615 bytes, and only 2 are there") != std::string::npos);
  CHECK(refused(std::string(8, '\0')).find("does not begin with {") != std::string::npos);
  CHECK(refused_header(" {}", 0).find("does not begin with {") != std::string::npos);
  CHECK(refused_header("{\"a\" 1}").find("of the header: it is no JSON") != std::string::npos);
  CHECK(refused_header("{}x").find("it is no JSON") != std::string::npos);
  CHECK(refused_header("{\"\xff\":1}").find("it is no JSON") != std::string::npos);
  CHECK(io_files::refusal([] { return io::read_safetensors("/nowhere/x"); }).find("does not exist") != std::string::npos);
  CHECK(io_files::refusal([] { return io::read_safetensors(io_files::scratch_folder().string()); }).find("a folder") !=
        std::string::npos);
  const std::string path = io_files::scratch("whole.safetensors");
  io::write_safetensors(path, some());
  const std::string bytes = content(path);
  for (std::size_t n = 0; n < bytes.size(); ++n) CHECK(!refused(bytes.substr(0, n)).empty());
  CHECK(refused(bytes + "x").find("1 bytes at its end belong to no tensor") != std::string::npos);
}
TEST_CASE("a header that is too long is refused before it is read") {
  const std::string path = io_files::scratch("long.safetensors");
  io_files::write_text("long.safetensors", with_header("{}", 0));
  const std::uint64_t n = 100'000'001;
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out).write(reinterpret_cast<const char*>(&n), 8);
  std::filesystem::resize_file(path, 200'000'000);  // a hole: takes no disk
  CHECK(io_files::refusal([&] { return io::read_safetensors(path); })
            .find("its header has 100000001 bytes, and the most is 100000000") != std::string::npos);
  std::filesystem::remove(path);
}
TEST_CASE("a header that contradicts itself or the file is refused, and the tensor named") {
  const auto says = [](const std::string& header, const std::string& what, std::size_t data_bytes = 4) {
    const std::string sentence = refused_header(header, data_bytes);
    INFO(sentence);
    CHECK(sentence.find(what) != std::string::npos);
  };
  const auto one = [](const std::string& inside) { return "{\"w\":{" + inside + "}}"; };
  says(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,8])"), "tensor 'w': its bytes 0 to 8 do not lie among the 4");
  says(one(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])"), "tensor 'w': its bytes 4 to 0 do not lie");
  says(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), "its shape [2] of F32 does not fill its 4 bytes");
  says(one(R"("dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4])"), "does not fill its 4 bytes");
  says(one(R"("dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,4])"), "does not fill its 4 bytes");
  says(one(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4])"), "'shape' holds 9223372036854775808");
  says(one(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])"), "'shape' holds -1 where a whole number >= 0 is wanted");
  says(one(R"("dtype":"F32","shape":[1.0],"data_offsets":[0,4])"), "'shape' holds '1.0' where a whole number");
  says(one(R"("dtype":"F32","shape":[[1]],"data_offsets":[0,4])"), "'shape' holds a list where a whole number");
  says(one(R"("dtype":"F32","shape":1,"data_offsets":[0,4])"), "'shape' holds 1 where a list is wanted");
  says(one(R"("dtype":"F32","shape":{},"data_offsets":[0,4])"), "'shape' holds an object where a list is wanted");
  says(one(R"("dtype":4,"shape":[1],"data_offsets":[0,4])"), "'dtype' holds 4 where a text is wanted");
  says(one(R"("dtype":[],"shape":[1],"data_offsets":[0,4])"), "'dtype' holds a list where a text is wanted");
  says(one(R"("dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4])"), "it holds 'F8_E4M3', which is not read; save it as");
  says(one(R"("dtype":"F32","shape":[1],"data_offsets":[0])"), "its data_offsets are not two numbers");
  says(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,4])"), "its data_offsets are more than two numbers");
  says(one(R"("dtype":"F32","shape":[1])"), "its data_offsets is absent");
  says(one(R"("shape":[1],"data_offsets":[0,4])"), "its dtype is absent");
  says(one(R"("dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4])"), "'shape' stands twice");
  says(one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1)"), "its part 'more' is none of dtype, shape");
  std::string sides = "1";
  for (int i = 0; i < 64; ++i) sides += ",1";
  says(one(R"("dtype":"F32","data_offsets":[0,4],"shape":[)" + sides + "]"), "its shape has more than 64 sides");
  says(R"({"w":1})", "tensor 'w': it is 1 where an object is wanted");
  says(R"({"w":[]})", "tensor 'w': it is a list where an object is wanted");
  says(R"({"__metadata__":{"a":1}})", "notes '__metadata__': 'a' holds 1 where a text is wanted");
  says(R"({"__metadata__":{"a":"","a":""}})", "'a' stands twice");
  says("{}", "4 bytes at its end belong to no tensor");

  const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  says("{" + a + "," + a + "}", "its header names 'a' twice");
  says("{" + a + R"(,"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}})", "tensor 'b': it begins at byte 3", 5);
  says("{" + a + R"(,"b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}})", "tensor 'b': it begins at byte 5", 6);
  says("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "tensor 'b': it begins at byte 0");
  says("{" + a + R"(,"b":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}})", "begins at byte 2");
  says(std::string(100'000, '['), "does not begin with {");
  says("{\"w\":" + std::string(100'000, '['), "tensor 'w': it is a list");
  CHECK(refused_header("{" + a + R"(,"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}})").empty());
}
TEST_CASE("a name that would garble a terminal does not reach it") {
  const std::string sentence = refused_header("{\"w\\u001b[31m" + std::string(5000, 'x') + "\":1}");
  CHECK(sentence.find('\x1b') == std::string::npos);
  CHECK(sentence.size() < 600);
}
TEST_CASE("more bytes than allowed are refused before they are taken") {
  const std::string path = io_files::scratch("large.safetensors");
  io::write_safetensors(path, some());
  io::read_options options;
  options.max_bytes = 100;
  const std::string sentence = io_files::refusal([&] { return io::read_safetensors(path, options); });
  CHECK(sentence.find("max_bytes is 100; raise max_bytes") != std::string::npos);
}

TEST_CASE("what the format cannot hold is refused before anything is written") {
  const std::string path = io_files::write_text("kept.safetensors", "old");
  const std::vector<float> x{1, 2};
  using all_notes = std::map<std::string, std::string>;
  const auto refused = [&](std::vector<tensor_view> tensors, const char* what, const all_notes& notes = {}) {
    CHECK_THROWS_WITH_AS(io::write_safetensors(path, tensors, notes), doctest::Contains(what), bad_option);
    CHECK(content(path) == "old");
  };
  const std::span<const float> two(x);
  refused({{"a", {2}, two}, {"a", {2}, two}}, "two tensors 'a'");
  refused({{"__metadata__", {2}, two}}, "the name under which the notes stand");
  refused({{"a", {3}, two}}, "'a' of shape [3] with 2 numbers");
  refused({{"\xff", {2}, two}}, "which is no UTF-8");
  refused({{"a", {2}, two}}, "which is no UTF-8", {{"model", "\xc3"}});
}
TEST_CASE("where writing fails, the old file stays and one sentence says so") {
  const std::string path = io_files::write_text("stays.safetensors", "old");
  named_tensors t;
  t.put<float>("w", {100'000}, std::vector<float>(100'000, 1.0F));
  struct rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  struct rlimit little = before;
  little.rlim_cur = 65536;  // as if the disk were full behind 64 KiB
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &little) == 0);
  const std::string sentence = io_files::refusal([&] {
    io::write_safetensors(path, t);
    return 0;
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  CHECK(sentence.find("it cannot be written to its end (File too large); check that the folder") != std::string::npos);
  CHECK(content(path) == "old");
  CHECK_FALSE(parts_are_left());
  CHECK(io_files::refusal([&] {
          io::write_safetensors("/nowhere/at/all.safetensors", t);
          return 0;
        }).find("it cannot be made (No such file or directory)") != std::string::npos);
  const std::string folder = io_files::scratch("folder.safetensors");
  std::filesystem::create_directories(folder + "/inside");
  CHECK(io_files::refusal([&] {
          io::write_safetensors(folder, t);
          return 0;
        }).find("it cannot be given its name") != std::string::npos);
  CHECK_FALSE(parts_are_left());
}

/// Numbers that are the same on every machine (splitmix64).
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>((z ^ (z >> 31)) % n);
  }

 private:
  std::uint64_t state_;
};

TEST_CASE("damaged copies of a file are read or refused, and nothing else happens") {
  const std::string path = io_files::scratch("valid.safetensors");
  io::write_safetensors(path, some());
  const std::string whole = content(path);
  const char* wanted = std::getenv("TEPUI_MUTATIONS");
  const std::uint64_t n = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 3000;
  std::uint64_t read = 0, refused_ones = 0;
  constexpr std::string_view liked = "{}[]:,\"\\0123456789-.e F";
  for (std::uint64_t seed = 0; seed < n; ++seed) {
    CAPTURE(seed);
    dice d(seed);
    std::string bytes = whole;
    for (std::size_t times = 1 + d.below(3); times > 0 && !bytes.empty(); --times) {
      const std::size_t at = d.below(8) == 0 ? d.below(std::min<std::size_t>(bytes.size(), 8)) : d.below(bytes.size());
      switch (d.below(7)) {
        case 0: bytes[at] = static_cast<char>(d.below(256)); break;
        case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << d.below(8))); break;
        case 2: bytes[at] = liked[d.below(liked.size())]; break;
        case 3: bytes.insert(at, 1, liked[d.below(liked.size())]); break;
        case 4: bytes.erase(at, 1 + d.below(20)); break;
        case 5: bytes.insert(at, bytes.substr(d.below(bytes.size()), d.below(80))); break;
        default: if (d.below(4) == 0) bytes.resize(at); break;
      }
    }
    // Mostly with the right length of the header, so that what is behind it is reached.
    if (d.below(4) != 0 && bytes.size() > whole.size() - 30) {
      const std::uint64_t header = bytes.size() - (whole.size() - whole.rfind('}') - 1) - 8;
      if (header < bytes.size()) std::memcpy(bytes.data(), &header, 8);
    }
    const std::string mutant = io_files::write_text("mutant.safetensors", bytes);
    try {
      const named_tensors t = io::read_safetensors(mutant);
      for (const tensor& one : t.all)
        CHECK(std::visit([](const auto& v) { return isize(v.size()); }, one.values) == numbers_in(one.shape));
      ++read;
    } catch (const bad_data& e) {
      const std::string_view sentence = e.what();
      CHECK(sentence.starts_with("file '"));
      CHECK(sentence.size() < 2000);
      ++refused_ones;
    }
  }
  MESSAGE(n, " mutants: ", read, " read, ", refused_ones, " refused");
  CHECK(read + refused_ones == n);
}
}  // namespace
}  // namespace test_io_safetensors
