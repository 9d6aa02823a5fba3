import '../../support/overHttp2';
import '../batches.test';
