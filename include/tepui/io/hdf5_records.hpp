#pragma once
/// Reads one field of an HDF5 table of records: how anndata up to 0.6 kept what it knew of cells and genes.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <tepui/io/hdf5_read.hpp>

namespace tepui::io::hdf5 {

/// Names of the fields of a dataset of records, in file order.    errors  bad_data where there are more than 10,000
inline std::vector<std::string> field_names(const dataset& records) {
  const int n = H5Tget_nmembers(records.type());
  if (n < 0 || n > 10'000) records.fail("it has " + std::to_string(n) + " fields, which is not believed; get the file again");
  std::vector<std::string> names;
  for (int i = 0; i < n; ++i) {
    char* name = H5Tget_member_name(records.type(), static_cast<unsigned>(i));
    if (name == nullptr) records.fail("the name of field " + std::to_string(i) + " cannot be read; get the file again");
    names.emplace_back(name);
    H5free_memory(name);
    if (!is_utf8(names.back()))
      records.fail("the name of field " + std::to_string(i) + " is no UTF-8 text; write the file again");
  }
  return names;
}

/// One field of a dataset of records [rows], with the same functions as a dataset of one column.
class field {
 public:
  field(const dataset& records, std::string name, unsigned place)
      : records_(&records), name_(std::move(name)), type_(H5Tget_member_type(records.type(), place), H5Tclose) {
    if (!type_) fail("its description cannot be read" + cause() + "; get the file again");
    element_ = element_of(type_.get());
    if (element_.what == family::array) {  // a matrix kept as a field: obsm of anndata 0.5
      const handle base(H5Tget_super(type_.get()), H5Tclose);
      hsize_t dim = 0;
      if (!base || H5Tget_array_ndims(type_.get()) != 1 || H5Tget_array_dims2(type_.get(), &dim) < 0)
        fail("it is an array of arrays; write the file again with a newer anndata");
      inner_ = element_of(base.get());
      width_ = dim;
    }
  }
  [[nodiscard]] const element& holds() const { return element_; }
  [[nodiscard]] std::uint64_t size() const { return records_->size(); }
  /// Values in one record: 1, or the columns of a matrix that is kept as a field.
  [[nodiscard]] std::uint64_t width() const { return width_; }
  [[noreturn]] void fail(const std::string& what) const { records_->from().fail(records_->path() + "/" + name_, what); }

  template <class T>
  [[nodiscard]] std::vector<T> numbers() const {
    if (!element_.number() && !inner_.number())
      fail("it holds " + element_.in_words() + " where numbers are needed; write the file again");
    if (width_ == 1 && element_.number()) return read<T>(native<T>());
    if (width_ > 1'000'000) fail("it has " + std::to_string(width_) + " columns, which is not believed; get the file again");
    const hsize_t dim = width_;
    const handle memory(H5Tarray_create2(native<T>(), 1, &dim), H5Tclose);
    return read<T>(memory.get());
  }
  [[nodiscard]] std::vector<std::int64_t> whole_numbers() const {
    if (!element_.whole_number())
      fail("it holds " + element_.in_words() + " where whole numbers are needed; write the file again");
    const std::vector<std::int64_t> out = read<std::int64_t>(H5T_NATIVE_INT64);
    if (element_.what == family::natural && element_.bytes == 8)
      for (const std::int64_t v : out)
        if (v == std::numeric_limits<std::int64_t>::max()) fail("it holds a number of 2^63 or more; write smaller numbers");
    return out;
  }
  [[nodiscard]] std::vector<std::uint8_t> booleans() const {
    const std::vector<std::uint8_t> out = read<std::uint8_t>(type_.get());
    for (const std::uint8_t v : out)
      if (v > 1) fail("it holds " + std::to_string(v) + ", which is neither true nor false; write the file again");
    return out;
  }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    const auto keep = [&](std::string text) {
      if (!is_utf8(text)) fail("row " + std::to_string(out.size()) + " is no UTF-8 text; write the file again with UTF-8");
      if (text.size() > 15) records_->from().spend(text.size(), 1, records_->path());
      out.push_back(std::move(text));
    };
    const std::uint64_t rows = size();
    records_->from().spend(rows, sizeof(std::string), records_->path());
    out.reserve(static_cast<std::size_t>(rows));
    if (element_.what == family::fixed_text) {
      const H5T_str_t padding = H5Tget_strpad(type_.get());
      records_->from().spend(rows, element_.bytes, records_->path());
      std::vector<char> block(static_cast<std::size_t>(rows) * element_.bytes);
      read_into(type_.get(), element_.bytes, block.data(), H5P_DEFAULT);
      for (std::uint64_t i = 0; i < rows; ++i) keep(fixed_text(block.data() + i * element_.bytes, element_.bytes, padding));
      return out;
    }
    if (element_.what != family::free_text)
      fail("it holds " + element_.in_words() + " where text is needed; write the file again");
    text_arena arena(std::uint64_t{1} << 30);
    const handle transfer = transfer_into(arena), memory = free_text_type(type_.get());
    std::vector<char*> block(static_cast<std::size_t>(rows), nullptr);
    read_into(memory.get(), sizeof(char*), block.data(), transfer.get());
    for (const char* text : block) keep(text == nullptr ? std::string() : std::string(text));
    return out;
  }

 private:
  template <class T>
  [[nodiscard]] std::vector<T> read(hid_t memory) const {
    records_->from().spend(times(size(), width_), sizeof(T), records_->path());
    std::vector<T> out(static_cast<std::size_t>(size() * width_));
    read_into(memory, sizeof(T) * static_cast<std::size_t>(width_), out.data(), H5P_DEFAULT);
    return out;
  }
  void read_into(hid_t memory, std::size_t bytes, void* out, hid_t transfer) const {
    const handle record(H5Tcreate(H5T_COMPOUND, bytes), H5Tclose);
    if (!record || H5Tinsert(record.get(), name_.c_str(), 0, memory) < 0)
      fail("it cannot be described" + cause() + "; get the file again");
    records_->read_rows(0, size(), record.get(), out, transfer);
  }

  const dataset* records_;
  std::string name_;
  handle type_;
  element element_, inner_;
  std::uint64_t width_ = 1;
};

}  // namespace tepui::io::hdf5
