#pragma once
/// Reads and writes the weights of models as .safetensors files, which PyTorch and Hugging Face read and write too.
/// The format: 8 bytes, lowest first, say how long the header is; the header is JSON and says of each tensor its kind of
/// number, its shape, and where in the rest of the file it lies; the tensors fill that rest without overlaps or holes.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tepui/flow/tensors.hpp>
#include <tepui/io/flat_json.hpp>
#include <tepui/io/open_file.hpp>
#include <tepui/io/read_options.hpp>
#include <tepui/io/utf8.hpp>

namespace tepui::io {

static_assert(std::endian::native == std::endian::little,
              "tepui: .safetensors files need a processor that keeps the lowest byte first");

inline constexpr std::uint64_t longest_safetensors_header = 100'000'000;  ///< as the format's own library has it

/// A kind of number in a file: its name there, and its bytes.
struct safetensors_number {
  std::string_view name;
  std::uint64_t bytes;
};
inline constexpr std::array<safetensors_number, 8> safetensors_numbers{
    {{"F32", 4}, {"F64", 8}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"I64", 8}, {"U8", 1}, {"BOOL", 1}}};

/// Compares what the header says with itself and with the bytes that are there.
/// errors bad_data naming the tensor: an unknown kind of number, a shape that does not fit its place, overlaps, holes
inline void check_safetensors(const safetensors_header& header, std::uint64_t data_bytes, const std::string& path) {
  std::vector<const safetensors_entry*> by_place;
  for (const safetensors_entry& e : header.entries) {
    const std::string where = "tensor " + in_quotes(e.name);
    const auto kind = std::ranges::find(safetensors_numbers, e.holds, &safetensors_number::name);
    if (kind == safetensors_numbers.end())
      refuse(path, where,
             "it holds " + in_quotes(e.holds) + ", which is not read; save it as F64, F32, F16, BF16, I64, I32, U8 or BOOL");
    const std::int64_t n = numbers_in(e.shape);
    const std::uint64_t begin = e.place[0], end = e.place[1];
    if (begin > end || end > data_bytes)
      refuse(path, where,
             "its bytes " + std::to_string(begin) + " to " + std::to_string(end) + " do not lie among the " +
                 std::to_string(data_bytes) + " behind the header; get the file again");
    const auto numbers = static_cast<std::uint64_t>(n);
    if (n < 0 || numbers > data_bytes / kind->bytes || numbers * kind->bytes != end - begin)
      refuse(path, where,
             "its shape " + shape_text(e.shape) + " of " + e.holds + " does not fill its " + std::to_string(end - begin) +
                 " bytes; get the file again");
    by_place.push_back(&e);
  }
  std::ranges::sort(by_place, {}, [](const safetensors_entry* e) { return std::pair(e->place[0], e->place[1]); });
  std::uint64_t at = 0;
  for (const safetensors_entry* e : by_place) {
    if (e->place[0] != at)
      refuse(path, "tensor " + in_quotes(e->name),
             "it begins at byte " + std::to_string(e->place[0]) + " where the one before it ends at " + std::to_string(at) +
                 ", and neither overlaps nor holes are allowed; get the file again");
    at = e->place[1];
  }
  if (at != data_bytes)
    refuse(path, "", std::to_string(data_bytes - at) + " bytes at its end belong to no tensor; get the file again");
}

/// The header of a file, checked: names, shapes and notes without the numbers.
/// errors as read_safetensors                            cost   the header's bytes, not the tensors'
[[nodiscard]] inline safetensors_header read_safetensors_header(const open_file& from) {
  const auto fail = [&](const std::string& what) {
    refuse(from.path(), "", what + "; name a .safetensors file, or get it again");
  };
  if (from.size() < 8) fail("it has " + std::to_string(from.size()) + " bytes, and the shortest .safetensors file has more");
  std::uint64_t length = 0;
  from.read(0, &length, 8, "length of the header");
  if (length > from.size() - 8)
    fail("its header should have " + std::to_string(length) + " bytes, and only " + std::to_string(from.size() - 8) +
         " are there");
  if (length > longest_safetensors_header)
    fail("its header has " + std::to_string(length) + " bytes, and the most is " +
         std::to_string(longest_safetensors_header));
  std::string text(static_cast<std::size_t>(length), '\0');
  from.read(8, text.data(), length, "header");
  if (!text.starts_with('{')) fail("its header does not begin with {");
  safetensors_header header = safetensors_json::read(text, from.path());
  header.data_begin = 8 + length;
  check_safetensors(header, from.size() - header.data_begin, from.path());
  return header;
}

/// Numbers of 16 bits as float; exact.   F16: 1 sign, 5 exponent, 10 fraction bits; BF16: the upper half of a float.
[[nodiscard]] inline float from_half(std::uint16_t bits) noexcept {
  const std::uint32_t sign = (bits & 0x8000U) << 16, exponent = (bits >> 10) & 31U, fraction = bits & 0x3FFU;
  if (exponent == 0) {
    const float tiny = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -tiny : tiny;
  }
  return std::bit_cast<float>(sign | (exponent == 31 ? 255U : exponent + 112U) << 23 | fraction << 13);
}
[[nodiscard]] inline float from_bfloat(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// Reads a .safetensors file.
/// out     the tensors in the order of the header; F16 and BF16 as float, BOOL as uint8 of 0 and 1        repeat bit-equal
/// errors  bad_data naming file and tensor: cut short, no such format, another kind of number, a name twice, wrong shapes or
///         places, more bytes than options.max_bytes; no damaged file can make it read or take memory beyond that
/// cost    reading the file once
[[nodiscard]] inline named_tensors read_safetensors(const std::string& path, const read_options& options = {}) {
  const open_file from(path);
  const safetensors_header header = read_safetensors_header(from);
  std::uint64_t bytes = from.size();
  for (const safetensors_entry& e : header.entries)
    if (e.holds == "F16" || e.holds == "BF16") bytes += e.place[1] - e.place[0];  // twice as large as float
  if (bytes > static_cast<std::uint64_t>(std::max<std::int64_t>(options.max_bytes, 0)))
    refuse(path, "", "it takes " + std::to_string(bytes) + " bytes, and max_bytes is " + std::to_string(options.max_bytes) +
                         "; raise max_bytes");
  named_tensors out;
  out.notes = header.notes;
  out.all.reserve(header.entries.size());
  for (const safetensors_entry& e : header.entries) {
    const auto n = static_cast<std::size_t>(numbers_in(e.shape));
    const auto numbers_of = [&]<class T>(T) {
      std::vector<T> values(n);
      from.read(header.data_begin + e.place[0], values.data(), n * sizeof(T), e.name);
      return values;
    };
    const auto widened = [&](auto widen) {
      std::vector<float> values(n);
      std::array<std::uint16_t, 4096> some{};
      for (std::size_t i = 0; i < n; i += some.size()) {
        const std::size_t k = std::min(some.size(), n - i);
        from.read(header.data_begin + e.place[0] + 2 * i, some.data(), 2 * k, e.name);
        for (std::size_t j = 0; j < k; ++j) values[i + j] = widen(some[j]);
      }
      return values;
    };
    tensor t{e.name, e.shape, {}};
    if (e.holds == "F32") t.values = numbers_of(float{});
    if (e.holds == "F64") t.values = numbers_of(double{});
    if (e.holds == "I32") t.values = numbers_of(std::int32_t{});
    if (e.holds == "I64") t.values = numbers_of(std::int64_t{});
    if (e.holds == "F16") t.values = widened(from_half);
    if (e.holds == "BF16") t.values = widened(from_bfloat);
    if (e.holds == "U8" || e.holds == "BOOL") {
      auto values = numbers_of(std::uint8_t{});
      if (e.holds == "BOOL")
        for (const std::uint8_t v : values)
          if (v > 1)
            refuse(path, "tensor " + in_quotes(e.name), "it holds " + std::to_string(v) + " as a BOOL; get the file again");
      t.values = std::move(values);
    }
    out.all.push_back(std::move(t));
  }
  from.check_unchanged();
  return out;
}

/// A file that appears under its name whole or not at all: written beside it, brought to the disk, and renamed.
/// errors  bad_data naming the file and the cause; before commit has renamed, what stood under the name stays as it was
class whole_file {
 public:
  explicit whole_file(std::string path) : path_(std::move(path)), part_(part_name(path_)) {
    ::unlink(part_.c_str());  // left by a process of the same number that was killed
    fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) fail("it cannot be made");
  }
  ~whole_file() {
    if (fd_ >= 0) ::close(fd_);
    if (!done_) ::unlink(part_.c_str());
  }
  whole_file(const whole_file&) = delete;
  whole_file& operator=(const whole_file&) = delete;

  void write(const void* from, std::size_t n) {
    constexpr std::size_t at_once = std::size_t{1} << 30;  // no system call takes 2^31 bytes
    for (const auto* bytes = static_cast<const char*>(from); n > 0;) {
      const ssize_t written = ::write(fd_, bytes, std::min(n, at_once));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail("it cannot be written to its end");
      bytes += written;
      n -= static_cast<std::size_t>(written);
    }
  }
  void commit() {
    if (::fsync(fd_) != 0 || ::close(std::exchange(fd_, -1)) != 0) fail("it cannot be brought to the disk");
    if (std::rename(part_.c_str(), path_.c_str()) != 0) fail("it cannot be given its name");
    done_ = true;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;  // a folder that may be written and not read
    const bool failed = ::fsync(fd) != 0 && errno != EINVAL && errno != EROFS;  // some file systems have no need to
    const int why = errno;
    ::close(fd);
    errno = why;
    if (failed) fail("it is written, but its folder cannot be brought to the disk");
  }

 private:
  static std::string part_name(const std::string& path) {
    static std::atomic<unsigned> files{0};  // two threads may write to one name; the later one stays
    return path + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(files++);
  }
  [[noreturn]] void fail(const std::string& what) const {
    const std::string why = std::strerror(errno);
    refuse(path_, "", what + " (" + why + "); check that the folder exists, may be written, and has room");
  }

  std::string path_, part_;
  int fd_ = -1;
  bool done_ = false;
};

/// Writes a .safetensors file.
/// in      names unique, UTF-8; as many numbers as each shape says        out  whole or not at all; equal input, equal bytes
/// errors  bad_option for a name, text or shape that the format cannot hold; bad_data where the disk is full or may not be
///         written: an older file of that name is then as it was
/// cost    writing the file once and waiting for the disk; the numbers are not copied
inline void write_safetensors(const std::string& path, std::span<const tensor_view> tensors,
                              const std::map<std::string, std::string>& notes = {}) {
  const auto refused = [&](const std::string& what) {
    throw bad_option("the file " + in_quotes(path) + " cannot hold " + what);
  };
  const auto in_json = [&](std::string_view text) {
    if (!is_utf8(text)) refused("the text " + in_quotes(text) + ", which is no UTF-8; write other text");
    return json_text(text);
  };
  const auto bytes_of = [](const tensor_view& t) {
    return std::visit([](auto values) { return std::pair(static_cast<const void*>(values.data()), values.size_bytes()); },
                      t.values);
  };
  // Large numbers lie first, so that each begins at a multiple of its size; the header keeps the order of the list.
  std::vector<std::uint64_t> begin(tensors.size());
  std::vector<std::size_t> order;
  std::uint64_t end = 0;
  for (const std::uint64_t size : {8U, 4U, 1U})
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (std::visit([](auto values) { return sizeof(values[0]); }, tensors[i].values) != size) continue;
      begin[i] = end;
      end += bytes_of(tensors[i]).second;
      order.push_back(i);
    }

  std::string header = "{";
  if (!notes.empty()) {
    header += in_json(safetensors_notes) + ":{";
    for (const auto& [name, text] : notes) header += (header.back() == '{' ? "" : ",") + in_json(name) + ":" + in_json(text);
    header += "}";
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const tensor_view& t = tensors[i];
    const std::string name = in_quotes(t.name);
    if (t.name == safetensors_notes)
      refused("a tensor " + name + ", the name under which the notes stand; name it otherwise");
    if (!seen.insert(t.name).second) refused("two tensors " + name + "; give every tensor its own name");
    const std::size_t n = std::visit([](auto values) { return values.size(); }, t.values);
    if (t.shape.size() > most_tensor_sides || numbers_in(t.shape) != isize(n))
      refused("the tensor " + name + " of shape " + shape_text(t.shape) + " with " + std::to_string(n) +
              " numbers; give as many as the shape says, and at most " + std::to_string(most_tensor_sides) + " sides");
    header += (header.size() == 1 ? "" : ",") + in_json(t.name) + ":{\"dtype\":\"";
    header += std::array{"F32", "F64", "I32", "I64", "U8"}[t.values.index()];
    header += "\",\"shape\":" + shape_text(t.shape) + ",\"data_offsets\":[" + std::to_string(begin[i]) + "," +
              std::to_string(begin[i] + bytes_of(t).second) + "]}";
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  if (header.size() > longest_safetensors_header) refused("so many or so long names and notes; write fewer");

  whole_file to(path);
  const std::uint64_t length = header.size();
  to.write(&length, sizeof length);
  to.write(header.data(), header.size());
  for (const std::size_t i : order) to.write(bytes_of(tensors[i]).first, bytes_of(tensors[i]).second);
  to.commit();
}
inline void write_safetensors(const std::string& path, const named_tensors& tensors) {
  write_safetensors(path, tensors.views(), tensors.notes);
}

}  // namespace tepui::io
