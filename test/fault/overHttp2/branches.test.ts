import '../../support/overHttp2';
import '../branches.test';
